using System.Numerics;

namespace DreamTime.Training;

/// <summary>What a caption speaks of: an object, or one on another, with the shape and colours it is drawn with.</summary>
/// <param name="Phrase">The words: "a red mushroom with a white stem".</param>
/// <param name="Shape">The geometry.</param>
/// <param name="Main">Colour of the object (of the upper one, where two are stacked).</param>
/// <param name="Accent">Colour of its named part (of the lower one, where two are stacked).</param>
public sealed record Subject(string Phrase, Shape Shape, Vector3 Main, Vector3 Accent)
{
    private const float StackShare = 0.08f;
    private const float TwoColorShare = 0.6f;
    private const float NoColorShare = 0.06f;
    private const float SynonymShare = 0.15f;
    private const float AdjectiveShare = 0.04f;
    private const float NonsenseShare = 0.03f;

    /// <summary>Words without a visible meaning, so that users' ornaments do no harm.</summary>
    public static IReadOnlyList<string> Ornaments { get; } =
        ["small", "big", "little", "large", "cute", "shiny", "old", "new", "simple", "beautiful", "toy", "plastic", "wooden"];

    /// <summary>A random subject; never one of <see cref="Catalogue.NeverTrained"/>.</summary>
    public static Subject Draw(RandomStream random)
    {
        if (random.Chance(StackShare))
            return Stacked(random);

        var one = Catalogue.Draw(random);
        var color = TrainedColor(random, one);
        var parts = one.Build(random);
        if (random.Chance(NoColorShare))
        {
            var natural = one.NaturalColor is { } name ? Palette.Find(name) : color;
            var plain = Alone(random, one, null);
            return one.Accent is { } named && random.Chance(TwoColorShare)
                ? TwoColored(random, plain, parts, natural, named)
                : OneColored(random, plain, parts, natural, one.Accent);
        }

        var phrase = Alone(random, one, color);
        return one.Accent is { } accent && random.Chance(TwoColorShare)
            ? TwoColored(random, phrase, parts, color, accent)
            : OneColored(random, phrase, parts, color, one.Accent);
    }

    private static Subject OneColored(RandomStream random, string phrase, Part[] parts, PaletteColor color, Accent? accent)
    {
        var main = color.Shade(random);
        var second = accent?.DefaultColor is { } name ? Palette.Find(name).Shade(random) : main;
        return new(phrase, Shape.Of(parts), main, second);
    }

    private static Subject TwoColored(RandomStream random, string phrase, Part[] parts, PaletteColor color, Accent accent)
    {
        var second = random.Pick(Palette.Colors);
        var article = accent.IsPlural ? "" : Article(second.Name) + " ";
        return new(
            $"{phrase} with {article}{Word(random, second)} {accent.Name}", Shape.Of(parts), color.Shade(random), second.Shade(random));
    }

    private static Subject Stacked(RandomStream random)
    {
        var upper = Catalogue.Draw(random);
        var lower = random.Pick(supports);
        var (color, below) = (TrainedColor(random, upper), TrainedColor(random, lower));
        var parts = upper.Build(random).Select(part => part.Paint == Paint.Accent ? part with { Paint = Paint.Main } : part);
        var shape = Shape.Stack([.. parts], lower.Build(random), random.Range(0.7f, 1));
        return new($"{Alone(random, upper, color)} on {Alone(random, lower, below)}", shape, color.Shade(random), below.Shade(random));
    }

    private static string Alone(RandomStream random, ObjectClass one, PaletteColor? color)
    {
        List<string> words = [];
        if (random.Chance(AdjectiveShare))
            words.Add(random.Pick(Ornaments));
        if (random.Chance(NonsenseShare))
            words.Add(Nonsense(random));
        if (color is not null)
            words.Add(Word(random, color));
        words.Add(one.Synonyms.Count > 0 && random.Chance(SynonymShare) ? random.Pick(one.Synonyms) : one.Name);
        return $"{Article(words[0])} {string.Join(' ', words)}";
    }

    private static string Word(RandomStream random, PaletteColor color) =>
        color.Synonym is { } synonym && random.Chance(0.3f) ? synonym : color.Name;

    private static string Article(string word) => "aeiou".Contains(word[0]) ? "an" : "a";

    private static string Nonsense(RandomStream random) =>
        string.Concat(Enumerable.Range(0, 3 + random.Below(4)).Select(_ => (char)('a' + random.Below(26))));

    private static PaletteColor TrainedColor(RandomStream random, ObjectClass one)
    {
        for (; ; )
        {
            var color = random.Pick(Palette.Colors);
            if (Catalogue.IsTrained(one, color))
                return color;
        }
    }

    private static readonly ObjectClass[] supports = [.. Catalogue.Classes.Where(one => one.IsSupport)];
}
