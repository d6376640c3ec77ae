using System.Text.Json;
using DreamTime.Diffusion;

namespace DreamTime.Golden;

/// <summary>Strings and the ids that CLIP's fast tokenizer gives them; the vocabulary lies beside the file. An error is a number of wrong ids.</summary>
internal sealed class TokenizerFixture : IFixture
{
    public bool Matches(GoldenFile file) => Cases(file) is [var first, ..] && first.TryGetProperty("text", out _) && first.TryGetProperty("ids", out _);

    public IEnumerable<string> Expected(GoldenFile file) => Cases(file).Select((_, index) => Label(index));

    public IEnumerable<Comparison> Run(GoldenFile file)
    {
        var tokenizer = ClipTokenizer.Load(ModelFolder.At(file.Folder), "");
        return Cases(file).Select((one, index) =>
        {
            int[] expected = [.. one.GetProperty("ids").EnumerateArray().Select(id => id.GetInt32())];
            int[] actual = tokenizer.Encode(one.GetProperty("text").GetString()!);
            int wrong = Math.Abs(expected.Length - actual.Length) + expected.Zip(actual).Count(pair => pair.First != pair.Second);
            return new Comparison(Label(index), wrong, 0);
        });
    }

    private static JsonElement[] Cases(GoldenFile file) => file.Root.TryGetProperty("cases", out var cases) ? [.. cases.EnumerateArray()] : [];

    private static string Label(int index) => $"cases[{index}].ids";
}
