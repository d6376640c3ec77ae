using DreamTime.Diffusion;
using TorchSharp;
using static TorchSharp.torch;

namespace DreamTime.Golden;

/// <summary>Single modules of the models beside the file, timestep embeddings, activations, resizing.</summary>
internal sealed class ProbesFixture : IFixture
{
    private static readonly Dictionary<string, string> Activations = new() { ["gelu_erf"] = "gelu", ["gelu_new_tanh"] = "gelu_new" };

    private static readonly Dictionary<string, (InterpolationMode Mode, bool? AlignCorners)> Resizings = new()
    {
        ["nearest"] = (InterpolationMode.Nearest, null),
        ["bilinear"] = (InterpolationMode.Bilinear, false),
        ["bicubic"] = (InterpolationMode.Bicubic, false),
        ["bicubic_ac"] = (InterpolationMode.Bicubic, true),
    };

    public bool Matches(GoldenFile file) => file.Has("in.act.x") || Modules(file).Any();

    public IEnumerable<Comparison> Run(GoldenFile file) =>
        [.. TimestepEmbeddings(file), .. Activated(file), .. Resized(file), .. Modules(file).SelectMany(part => OfPart(file, part))];

    private static IEnumerable<Comparison> TimestepEmbeddings(GoldenFile file) =>
        file.Between("out.timestep_embedding.", "").Select(name =>
        {
            string[] words = name.Split('_');
            int shift = words.Contains("shift1") ? 1 : 0;
            var t = file["in.timestep_embedding.t"];
            string key = $"out.timestep_embedding.{name}";
            // exp is not rounded alike everywhere: one unit in the last place of a frequency turns the phase by up to t 2^-23.
            double tolerance = t.max().ToDouble() * Math.Pow(2, -23);
            return file.Compare(key, Timesteps.Embed(t, int.Parse(words[0]), !words.Contains("noflip"), shift), file[key], tolerance);
        });

    private static IEnumerable<Comparison> Activated(GoldenFile file) =>
        file.Between("out.act.", "").Select(name =>
            file.Compare($"out.act.{name}", Activation.Named(Activations.GetValueOrDefault(name, name))(file["in.act.x"])));

    /// <summary><c>nearest.x2</c>, <c>bicubic.size8x7</c>, all of the one picture that is given.</summary>
    private static IEnumerable<Comparison> Resized(GoldenFile file) =>
        from method in Resizings
        from name in file.Between($"out.{method.Key}.", "")
        let picture = file["in.nearest.x"]
        let size = Size(name, picture)
        select file.Compare(
            $"out.{method.Key}.{name}",
            nn.functional.interpolate(picture, size, mode: method.Value.Mode, align_corners: method.Value.AlignCorners));

    private static long[] Size(string name, Tensor picture) =>
        name.StartsWith('x')
            ? [picture.shape[2] * int.Parse(name[1..]), picture.shape[3] * int.Parse(name[1..])]
            : [.. name["size".Length..].Split('x').Select(long.Parse)];

    /// <summary>The module paths to probe, by the part of a model they belong to: the longest folder that has a configuration.</summary>
    private static IEnumerable<IGrouping<string, string>> Modules(GoldenFile file) =>
        file.Between("in.", ".x")
            .Where(key => key.Contains('/') && file.Has($"out.{key}"))
            .GroupBy(key => key[..key.LastIndexOf('/')])
            .Where(part => file.Model.Exists($"{part.Key}/config.json"));

    private static IEnumerable<Comparison> OfPart(GoldenFile file, IGrouping<string, string> part)
    {
        using var network = ModelPart.Load(ModelFolder.At(Path.Combine(file.Model.Name, part.Key)));
        var modules = network.named_modules().ToDictionary(pair => pair.name, pair => pair.module);
        foreach (string key in part)
        {
            string[] seconds = [.. new[] { "temb", "context" }.Select(input => $"in.{key}.{input}").Where(file.Has)];
            var x = file[$"in.{key}.x"];
            var output = (modules.GetValueOrDefault(key[(part.Key.Length + 1)..]), seconds) switch
            {
                (nn.Module<Tensor, Tensor> module, []) => module.call(x),
                (nn.Module<Tensor, Tensor, Tensor> module, [var second]) => module.call(x, file[second]),
                _ => null,
            };
            if (output is not null)
                yield return file.Compare($"out.{key}", output);
        }
    }
}
