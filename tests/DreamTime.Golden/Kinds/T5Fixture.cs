using DreamTime.Diffusion;
using TorchSharp;
using static TorchSharp.torch;

namespace DreamTime.Golden;

/// <summary>T5's encoder under masks of several lengths, the outputs of its inner modules, gradients at the embeddings, and its buckets of distances.</summary>
internal sealed class T5Fixture : IFixture
{
    private const string Part = "text_encoder";
    private const string PositionBias = "position_bias";

    public bool Matches(GoldenFile file) => Cases(file).Count > 0;

    public IEnumerable<string> Expected(GoldenFile file) =>
        file.Names.Where(name => !name.StartsWith("in.", StringComparison.Ordinal) && name != "bucket.relpos");

    public IEnumerable<Comparison> Run(GoldenFile file)
    {
        var folder = file.Model;
        var config = T5Config.Parse(folder.ReadText($"{Part}/config.json"));
        using var encoder = new T5EncoderModel(config);
        ModuleLoader.Load(encoder, folder, folder.WeightsFile(Part));
        encoder.to(Compute.Device);
        if (file.Has("bucket.index"))
            yield return file.Compare(
                "bucket.index",
                T5PositionBuckets.Of(file["bucket.relpos"], config.RelativeAttentionNumBuckets, config.RelativeAttentionMaxDistance));
        foreach (string name in Cases(file))
            foreach (var comparison in Case(file, encoder, name))
                yield return comparison;
    }

    private static IReadOnlyList<string> Cases(GoldenFile file) =>
        [.. file.Between("in.", ".input_ids").Where(name => file.Has($"in.{name}.attention_mask") && file.Has($"out.{name}"))];

    private static IEnumerable<Comparison> Case(GoldenFile file, T5EncoderModel encoder, string name)
    {
        string prefix = $"mid.{name}.";
        var outputs = new ModuleOutputs(encoder, file.Between(prefix, ""));
        var embedded = outputs.Leaf("shared");
        var ids = file[$"in.{name}.input_ids"];
        var states = encoder.call(ids, file[$"in.{name}.attention_mask"]);
        foreach (var comparison in outputs.Compare(file, prefix))
            yield return comparison;
        if (file.Has(prefix + PositionBias))
            yield return file.Compare(prefix + PositionBias, encoder.PositionBias((int)ids.shape[1]));
        yield return file.Compare($"out.{name}", states);
        if (file.Has($"grad.{name}.inputs_embeds"))
        {
            (states * file[$"in.{name}.w"]).sum().backward();
            yield return file.Compare($"grad.{name}.inputs_embeds", embedded().grad!);
        }
    }
}
