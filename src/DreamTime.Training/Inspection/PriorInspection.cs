using DreamTime.Diffusion;
using DreamTime.Renderers;

namespace DreamTime.Training;

/// <summary>Sheets of samples that show what a prior can draw: every class in every colour, two colours, views, stacks, never-trained pairs.</summary>
public static class PriorInspection
{
    /// <summary>Draws and writes the sheets, each with its prompts under the pictures.</summary>
    /// <param name="prior">The prior.</param>
    /// <param name="folder">Where the PNG files go; it is made where missing.</param>
    /// <param name="options">Seed, guidance and colours.</param>
    /// <param name="progress">Told after each sheet.</param>
    /// <param name="cancellation">Asked between the steps of sampling.</param>
    /// <returns>The files' paths.</returns>
    public static IReadOnlyList<string> Write(
        Prior prior, string folder, InspectionOptions? options = null, IProgress<InspectionProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(prior);
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        options ??= new InspectionOptions();
        var sheets = Sheets(options).ToArray();
        List<string> paths = [];
        foreach (var (name, prompts, columns) in sheets)
        {
            var path = Path.Combine(folder, name);
            SampleSheet.Draw(prior, prompts, options.Seed, options.Guidance, cancellation).Save(path, columns);
            paths.Add(path);
            progress?.Report(new(path, paths.Count, sheets.Length));
        }
        return paths;
    }

    private static IEnumerable<(string File, string[] Prompts, int Columns)> Sheets(InspectionOptions options)
    {
        var accented = Catalogue.Classes.Where(one => one.Accent is not null).ToArray();
        yield return ("never-trained.png", [.. Catalogue.NeverTrained.Select(pair => Phrase(pair.Color, pair.Class))], 9);
        yield return ("two-colors.png", [.. accented.SelectMany((one, i) => TwoColors(one, i))], 8);
        yield return ("views.png", [.. accented.SelectMany(one => ViewWord.All.Select(view => ViewWord.Describe("a " + one.Name, view)))], 8);
        yield return ("stacks.png", [.. Stacks()], 8);
        yield return ("classes.png", [.. Catalogue.Classes.SelectMany(one => options.Colors.Select(color => Phrase(color, one.Name)))], options.Colors.Count);
    }

    private static IEnumerable<string> TwoColors(ObjectClass one, int index)
    {
        for (var i = 0; i < 4; i++)
        {
            var main = Palette.Colors[(5 * i + index) % Palette.Colors.Count].Name;
            var second = Palette.Colors[(5 * i + index + 2) % Palette.Colors.Count].Name;
            yield return $"{Phrase(main, one.Name)} with {(one.Accent!.IsPlural ? second : Article(second))} {one.Accent.Name}";
        }
    }

    private static IEnumerable<string> Stacks()
    {
        var supports = Catalogue.Classes.Where(one => one.IsSupport).ToArray();
        for (var i = 0; i < 24; i++)
        {
            var upper = Phrase(Palette.Colors[7 * i % Palette.Colors.Count].Name, Catalogue.Classes[i % Catalogue.Classes.Count].Name);
            yield return $"{upper} on {Phrase(Palette.Colors[(7 * i + 4) % Palette.Colors.Count].Name, supports[i % supports.Length].Name)}";
        }
    }

    private static string Phrase(string color, string name) => $"{Article(color)} {name}";

    private static string Article(string color) => ("aeiou".Contains(color[0]) ? "an " : "a ") + color;
}
