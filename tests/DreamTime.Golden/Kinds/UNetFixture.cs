using DreamTime.Diffusion;
using TorchSharp;
using static TorchSharp.torch;

namespace DreamTime.Golden;

/// <summary>A U-Net's prediction, the outputs of its inner modules, and the gradients at its inputs; the part of the model has the file's name.</summary>
internal sealed class UNetFixture : IFixture
{
    public bool Matches(GoldenFile file) => Cases(file).Any() && file.Model.Exists($"{file.Name}/config.json");

    public IEnumerable<Comparison> Run(GoldenFile file)
    {
        var folder = file.Model;
        using var unet = new UNet2DConditionModel(UNet2DConditionConfig.Parse(folder.ReadText($"{file.Name}/config.json")));
        ModuleLoader.Load(unet, folder, folder.WeightsFile(file.Name));
        unet.to(Compute.Device);
        foreach (string name in Cases(file))
            foreach (var comparison in Case(file, unet, name))
                yield return comparison;
    }

    private static IEnumerable<string> Cases(GoldenFile file) =>
        file.Between("in.", ".sample").Where(name => file.Has($"in.{name}.t") && file.Has($"in.{name}.encoder_hidden_states") && file.Has($"out.{name}"));

    private static IEnumerable<Comparison> Case(GoldenFile file, UNet2DConditionModel unet, string name)
    {
        var outputs = new ModuleOutputs(unet, file.Between($"mid.{name}.", ""));
        var sample = file[$"in.{name}.sample"].requires_grad_();
        var text = file[$"in.{name}.encoder_hidden_states"].requires_grad_();
        string labels = $"in.{name}.class_labels";
        var conditions = file.Has(labels) ? new UNetConditions { ClassLabels = file[labels] } : UNetConditions.None;
        var prediction = unet.Predict(sample, file[$"in.{name}.t"], text, conditions);
        (prediction * file[$"in.{name}.w"]).sum().backward();
        foreach (var comparison in outputs.Compare(file, $"mid.{name}."))
            yield return comparison;
        yield return file.Compare($"out.{name}", prediction);
        yield return file.Compare($"grad.{name}.sample", sample.grad!);
        yield return file.Compare($"grad.{name}.encoder_hidden_states", text.grad!);
    }
}
