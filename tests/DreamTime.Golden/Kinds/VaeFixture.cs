using DreamTime.Diffusion;
using TorchSharp;
using static TorchSharp.torch;

namespace DreamTime.Golden;

/// <summary>An autoencoder's distribution of latents, its decoded images, the outputs of its inner modules, and the gradients through both halves.</summary>
internal sealed class VaeFixture : IFixture
{
    public bool Matches(GoldenFile file) => Cases(file).Any() && file.Model.Exists($"{file.Name}/config.json");

    public IEnumerable<Comparison> Run(GoldenFile file)
    {
        var folder = file.Model;
        using var vae = new AutoencoderKL(AutoencoderKLConfig.Parse(folder.ReadText($"{file.Name}/config.json")));
        ModuleLoader.Load(vae, folder, folder.WeightsFile(file.Name));
        vae.to(Compute.Device);
        foreach (string name in Cases(file))
            foreach (var comparison in Case(file, vae, name))
                yield return comparison;
    }

    private static IEnumerable<string> Cases(GoldenFile file) => file.Between("out.", ".decoded").Where(name => file.Has($"in.{name}.image"));

    private static IEnumerable<Comparison> Case(GoldenFile file, AutoencoderKL vae, string name)
    {
        var outputs = new ModuleOutputs(vae, file.Between($"mid.{name}.", ""));
        var image = file[$"in.{name}.image"].requires_grad_();
        var posterior = vae.Encode(image);
        var z = file[$"in.{name}.z"].requires_grad_();
        var decoded = vae.Decode(z);
        (posterior.Mean * file[$"in.{name}.w_enc"]).sum().backward();
        (decoded * file[$"in.{name}.w_dec"]).sum().backward();
        foreach (var comparison in outputs.Compare(file, $"mid.{name}."))
            yield return comparison;
        yield return file.Compare($"out.{name}.mean", posterior.Mean);
        yield return file.Compare($"out.{name}.logvar", posterior.LogVariance);
        yield return file.Compare($"out.{name}.sample", posterior.Sample(file[$"in.{name}.eps"]));
        yield return file.Compare($"out.{name}.decoded", decoded);
        yield return file.Compare($"grad.{name}.image_of_mean", image.grad!);
        yield return file.Compare($"grad.{name}.z_of_decoded", z.grad!);
    }
}
