namespace DreamTime.Training;

/// <summary>A part of an object that a caption can give a colour of its own.</summary>
/// <param name="Name">Its word: "stem", "fins".</param>
/// <param name="IsPlural">Whether the word takes no article.</param>
/// <param name="DefaultColor">Its colour where the caption does not say; null means the object's own colour.</param>
public sealed record Accent(string Name, bool IsPlural = false, string? DefaultColor = null);

/// <summary>A kind of object that the prior learns.</summary>
/// <param name="Name">The word captions use.</param>
/// <param name="Build">Makes its parts with random proportions; front towards +x, z up, any size.</param>
public sealed record ObjectClass(string Name, Func<RandomStream, Part[]> Build)
{
    /// <summary>Other words for the same thing, used now and then.</summary>
    public IReadOnlyList<string> Synonyms { get; init; } = [];

    /// <summary>The part with a colour of its own; null for one-coloured objects.</summary>
    public Accent? Accent { get; init; }

    /// <summary>The colour of an object whose caption names none; null means any.</summary>
    public string? NaturalColor { get; init; }

    /// <summary>How often it is shown, beside an easy class that is shown once: flat faces and thin parts look different from every side and take longer to learn.</summary>
    public int Share { get; init; } = 1;

    /// <summary>Whether another object can be put on it.</summary>
    public bool IsSupport { get; init; }
}
