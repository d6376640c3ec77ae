using DreamTime.Diffusion;
using TorchSharp;
using static TorchSharp.torch;

namespace DreamTime.Golden;

/// <summary>A ControlNet's residuals, the U-Net's prediction with them, and the gradients at the latents and the controlling image.</summary>
internal sealed class ControlNetFixture : IFixture
{
    public bool Matches(GoldenFile file) =>
        file.Has("in.cond") && file.Has("out.mid") && file.Has("out.eps") && file.Model.Exists($"{file.Name}/config.json");

    public IEnumerable<Comparison> Run(GoldenFile file)
    {
        var folder = file.Model;
        using var unet = new UNet2DConditionModel(UNet2DConditionConfig.Parse(folder.ReadText("unet/config.json")));
        ModuleLoader.Load(unet, folder, folder.WeightsFile("unet"));
        unet.to(Compute.Device);
        using var controlNet = new ControlNetModel(ControlNetConfig.Parse(folder.ReadText($"{file.Name}/config.json")));
        ModuleLoader.Load(controlNet, folder, folder.WeightsFile(file.Name));
        controlNet.to(Compute.Device);
        var outputs = new ModuleOutputs(controlNet, file.Between($"mid.{file.Name}.", ""));

        var (t, text) = (file["in.t"], file["in.encoder_hidden_states"]);
        var sample = file["in.sample"].requires_grad_();
        var image = file["in.cond"].requires_grad_();
        double scale = file.Meta.GetProperty("conditioning_scale").GetDouble();
        var residuals = controlNet.Predict(sample, t, text, image, scale);
        var prediction = unet.Predict(sample, t, text, new UNetConditions { Residuals = residuals });
        (prediction * file["in.w"]).sum().backward();

        foreach (var comparison in outputs.Compare(file, $"mid.{file.Name}."))
            yield return comparison;
        foreach (var (residual, index) in residuals.Down.Select((residual, index) => (residual, index)))
            yield return file.Compare($"out.down.{index}", residual);
        yield return file.Compare("out.mid", residuals.Middle);
        yield return file.Compare("out.eps", prediction);
        yield return file.Compare("grad.sample", sample.grad!);
        yield return file.Compare("grad.cond", image.grad!);
    }
}
