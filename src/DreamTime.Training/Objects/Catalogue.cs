namespace DreamTime.Training;

/// <summary>Everything the embedded prior is taught to draw. Nothing outside training may look here.</summary>
public static class Catalogue
{
    /// <summary>All classes, in a fixed order.</summary>
    public static IReadOnlyList<ObjectClass> Classes { get; } =
        [.. SimpleObjects.All, .. Nature.All, .. Furnishings.All, .. Vehicles.All];

    /// <summary>
    /// Class and colour pairs that no caption of the training set ever joins: what the prior makes of them shows whether it composes.
    /// There is none for the hat, which snowmen wear in every colour.
    /// </summary>
    public static IReadOnlyList<(string Class, string Color)> NeverTrained { get; } =
    [
        ("sphere", "purple"), ("cube", "orange"), ("cone", "cyan"), ("torus", "green"), ("cylinder", "pink"), ("capsule", "brown"),
        ("pyramid", "red"), ("mushroom", "blue"), ("tree", "red"), ("cactus", "purple"), ("snowman", "pink"), ("fish", "grey"),
        ("duck", "green"), ("bear", "yellow"), ("chair", "yellow"), ("table", "purple"), ("mug", "orange"), ("bottle", "black"),
        ("lamp", "blue"), ("hammer", "yellow"), ("house", "cyan"), ("rocket", "green"), ("car", "purple"),
        ("boat", "pink"), ("airplane", "orange"),
    ];

    /// <summary>A class by chance, each as often as its share says.</summary>
    public static ObjectClass Draw(RandomStream random)
    {
        ArgumentNullException.ThrowIfNull(random);
        return random.Pick(shares);
    }

    /// <summary>The class with this name.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public static ObjectClass Find(string name) =>
        Classes.FirstOrDefault(one => one.Name == name) ?? throw new ArgumentException($"There is no class \"{name}\".", nameof(name));

    /// <summary>Whether a pair belongs to the training set.</summary>
    public static bool IsTrained(ObjectClass one, PaletteColor color) => !never.Contains((one.Name, color.Name));

    private static readonly ObjectClass[] shares = [.. Classes.SelectMany(one => Enumerable.Repeat(one, one.Share))];

    private static readonly HashSet<(string, string)> never = [.. NeverTrained];
}
