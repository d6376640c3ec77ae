namespace DreamTime.Training;

/// <summary>How a prior is inspected.</summary>
public sealed record InspectionOptions
{
    /// <summary>The first image's seed.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Scale of classifier-free guidance.</summary>
    public double Guidance { get; init; } = 4;

    /// <summary>Colour words of the sheet of all classes.</summary>
    public IReadOnlyList<string> Colors { get; init; } = [.. Palette.Colors.Select(color => color.Name)];
}
