using DreamTime.Schedules;

namespace DreamTime.Renderers;

/// <summary>The weight of one loss along a run.</summary>
/// <param name="Regularizer">Which loss.</param>
/// <param name="Weight">How much it counts at each step, never below 0.</param>
public sealed record RegularizerSchedule(Regularizer Regularizer, ScalarSchedule Weight)
{
    private static readonly Dictionary<string, Regularizer> Names = Enum.GetValues<Regularizer>().ToDictionary(NameOf);

    /// <summary>Every loss's name in texts.</summary>
    public static IReadOnlyList<string> AllNames { get; } = [.. Names.Keys];

    /// <summary>Reads <c>NAME=WEIGHT</c>, the weight a number or a schedule of numbers: <c>orientation=line 0 0.1</c>.</summary>
    /// <exception cref="FormatException">This is no such text, or the name is unknown; the message says which there are.</exception>
    /// <exception cref="ScheduleParseException">The weight is not of the schedules' language.</exception>
    public static RegularizerSchedule Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Split('=', 2) is not [var name, var weight])
            throw new FormatException($"A regularizer is NAME=WEIGHT, such as orientation=0.1 or \"orientation=line 0 0.1\", not '{text}'.");

        return Names.TryGetValue(name.Trim(), out var regularizer)
            ? new RegularizerSchedule(regularizer, ScalarSchedule.Parse(weight.Trim()))
            : throw new FormatException($"There is no regularizer '{name.Trim()}'; there are {string.Join(", ", AllNames)}.");
    }

    /// <summary>The weights of all losses at a step: those given, with each schedule's number in its place.</summary>
    /// <param name="schedules">Any number; the last one of a loss counts.</param>
    /// <param name="rays">The weights without a schedule, of rays.</param>
    /// <param name="surface">The weights without a schedule, of a surface.</param>
    /// <param name="step">From 1.</param>
    /// <param name="steps">How many there are.</param>
    /// <param name="seed">Of random schedules.</param>
    /// <exception cref="InvalidOperationException">A weight is below 0 at this step.</exception>
    public static (NerfRegularizers Rays, DmtetRegularizers Surface, ImageRegularizers Images) At(
        IReadOnlyList<RegularizerSchedule> schedules, NerfRegularizers rays, DmtetRegularizers surface, int step, int steps, long seed)
    {
        ArgumentNullException.ThrowIfNull(schedules);
        var images = ImageRegularizers.None;
        foreach (var schedule in schedules)
        {
            var weight = (float)schedule.Weight.ValueAt(step, steps, seed);
            if (!(weight >= 0 && float.IsFinite(weight)))
                throw new InvalidOperationException(FormattableString.Invariant($"The weight of {NameOf(schedule.Regularizer)} is {weight} at step {step}; it must be finite and at least 0."));

            (rays, surface, images) = schedule.Regularizer switch
            {
                Regularizer.NormalConsistency => (rays, surface with { NormalConsistency = weight }, images),
                Regularizer.Laplacian => (rays, surface with { Laplacian = weight }, images),
                Regularizer.SignConsistency => (rays, surface with { SignConsistency = weight }, images),
                Regularizer.NormalSmoothness => (rays, surface, images with { NormalSmoothness = weight }),
                Regularizer.DepthSmoothness => (rays, surface, images with { DepthSmoothness = weight }),
                Regularizer.TotalVariation => (rays, surface, images with { TotalVariation = weight }),
                var ofRays => (With(rays, ofRays, weight), surface, images),
            };
        }

        return (rays, surface, images);
    }

    /// <summary>As <see cref="Parse"/> reads it.</summary>
    public override string ToString() => $"{NameOf(Regularizer)}={Weight}";

    private static NerfRegularizers With(NerfRegularizers rays, Regularizer which, float weight) => which switch
    {
        Regularizer.Sparsity => rays with { Sparsity = weight },
        Regularizer.Opaque => rays with { Opaque = weight },
        Regularizer.ZVariance => rays with { ZVariance = weight },
        Regularizer.Entropy => rays with { Entropy = weight },
        Regularizer.Orientation => rays with { Orientation = weight },
        Regularizer.Distortion => rays with { Distortion = weight },
        Regularizer.SpatialNormalSmoothness => rays with { SpatialNormalSmoothness = weight },
        _ => rays with { Eikonal = weight },
    };

    /// <summary>Lower case, with hyphens between words.</summary>
    private static string NameOf(Regularizer regularizer) =>
        string.Concat(regularizer.ToString().Select((c, i) => char.IsUpper(c) && i > 0 ? $"-{char.ToLowerInvariant(c)}" : char.ToLowerInvariant(c).ToString()));
}
