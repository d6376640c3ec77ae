namespace DreamTime.Diffusion;

/// <summary>A module's tensors held against those of its weights: which belongs to which, and everything that does not fit.</summary>
internal sealed class WeightsMatch
{
    private const int NamesInMessage = 24;

    private readonly Dictionary<string, SafetensorsEntry> fitting = [];

    /// <summary>Compares.</summary>
    /// <param name="expected">The module's names and shapes.</param>
    /// <param name="entries">The weights, under today's names or those of older versions.</param>
    public WeightsMatch(IReadOnlyDictionary<string, long[]> expected, IReadOnlyDictionary<string, SafetensorsEntry> entries)
    {
        var found = new Dictionary<string, SafetensorsEntry>();
        var unexpected = new List<string>();
        // A name that is today's goes before one that only means it.
        foreach (var (name, entry) in entries.OrderByDescending(item => expected.ContainsKey(item.Key)).ThenBy(item => item.Key, StringComparer.Ordinal))
        {
            string current = expected.ContainsKey(name) ? name : LegacyNames.Current(name);
            if ((!expected.ContainsKey(current) || !found.TryAdd(current, entry)) && !IsDerived(name))
                unexpected.Add(name);
        }
        Missing = [.. expected.Keys.Where(name => !found.ContainsKey(name))];
        Unexpected = unexpected;
        OfAnotherShape = [.. found
            .Where(item => !Holds(item.Value.Shape, expected[item.Key]))
            .Select(item => $"{item.Key} [{string.Join(", ", item.Value.Shape)}] for [{string.Join(", ", expected[item.Key])}]")];
        foreach (var (name, entry) in found.Where(item => Holds(item.Value.Shape, expected[item.Key])))
            fitting.Add(name, entry);
        NotFinite = [.. fitting.Where(item => !item.Value.IsFinite()).Select(item => item.Key).Order(StringComparer.Ordinal)];
    }

    /// <summary>What the module needs and the weights lack.</summary>
    public IReadOnlyList<string> Missing { get; }

    /// <summary>What the weights hold and the module does not know.</summary>
    public IReadOnlyList<string> Unexpected { get; }

    /// <summary>Names with both shapes.</summary>
    public IReadOnlyList<string> OfAnotherShape { get; }

    /// <summary>Tensors that hold NaN or infinity.</summary>
    public IReadOnlyList<string> NotFinite { get; }

    /// <summary>The weights by the module's names, where shapes agree.</summary>
    public IReadOnlyDictionary<string, SafetensorsEntry> Fitting => fitting;

    /// <summary>Each kind of problem with its tensors; empty where everything fits.</summary>
    public IReadOnlyList<string> Problems(int namesListed = NamesInMessage) =>
    [
        .. new[] { ("missing", Missing), ("unexpected", Unexpected), ("of another shape", OfAnotherShape), ("not finite", NotFinite) }
            .Where(kind => kind.Item2.Count > 0)
            .Select(kind => $"{kind.Item1}: {Listed(kind.Item2, namesListed)}"),
    ];

    /// <summary>Names for a message, which says how many more there are.</summary>
    public static string Listed(IReadOnlyList<string> names, int most = NamesInMessage) =>
        string.Join(", ", names.Take(most)) + (names.Count > most ? $" and {names.Count - most} more" : "");

    /// <summary>
    /// Position indices (0, 1, 2, ...) that transformers stores among the weights, which follow from the configuration; the encoder's copy of T5's embedding.
    /// </summary>
    public static bool IsDerived(string name) =>
        name.EndsWith(".position_ids", StringComparison.Ordinal) || name == LegacyNames.EncoderEmbedding;

    /// <summary>Equal, or a 1x1 convolution where a linear layer stands today: the same numbers in the same order.</summary>
    private static bool Holds(IReadOnlyList<long> stored, long[] expected) =>
        stored.SequenceEqual(expected) || expected.Length == 2 && stored.SequenceEqual([.. expected, 1, 1]);
}
