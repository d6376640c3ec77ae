using DreamTime.Diffusion;
using static TorchSharp.torch;

namespace DreamTime.Golden;

/// <summary>A Stable Diffusion folder, loaded, with what fixtures of its parts working together need.</summary>
internal sealed class StableDiffusion : IDisposable
{
    public StableDiffusion(GoldenFile file)
    {
        Prior = Prior.Load(PriorSource.Folder(file.Model.Name));
        using var noGradient = no_grad();
        Text = Prior.EncodePrompt(file.Meta.GetProperty("prompt").GetString()!);
        Negative = Prior.EncodePrompt(file.Meta.GetProperty("negative_prompt").GetString()!);
        GuidanceScale = file.Meta.GetProperty("guidance_scale").GetDouble();
    }

    public Prior Prior { get; }

    public Tensor Text { get; }

    public Tensor Negative { get; }

    public double GuidanceScale { get; }

    public void Dispose() => Prior.Dispose();
}
