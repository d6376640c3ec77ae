using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>
/// Adaptive density control (Kerbl et al. 2023): Gaussians whose place in the images is pulled most are cloned where they are small and split where they are large;
/// those that are hardly seen go.
/// </summary>
internal static class SplatDensification
{
    /// <summary>A Gaussian that splits leaves two that are smaller by this.</summary>
    private const float SplitRatio = 1.6f;

    /// <summary>A Gaussian larger than this, in radii, fogs the whole object and is pruned.</summary>
    private const float LargestScale = 0.5f;

    /// <summary>One round.</summary>
    /// <param name="gaussians">Are changed.</param>
    /// <param name="options">How many may grow, what is pruned.</param>
    /// <param name="step">Names the draws.</param>
    /// <param name="seed">Of the draws.</param>
    /// <param name="pull">For each Gaussian the summed lengths of the gradient at its centre in the images.</param>
    /// <param name="seen">How many views that sum is of.</param>
    public static void Round(Gaussians gaussians, SplatOptions options, int step, long seed, float[] pull, int[] seen)
    {
        var kept = Enumerable.Range(0, gaussians.Count).Where(i => IsKept(gaussians, options, i)).ToArray();
        if (kept.Length == 0)
            throw new InvalidOperationException($"All {gaussians.Count} Gaussians became fainter than {options.PruneOpacity} by step {step}; nothing is left to render. A lower learning rate of the opacities keeps them.");

        var growing = step <= options.DensifyUntil ? Growing(kept, options, pull, seen) : [];
        gaussians.Select([.. kept, .. growing], kept.Length);
        var places = new Dictionary<int, int>();
        for (var k = 0; k < kept.Length; k++)
            places[kept[k]] = k;
        for (var k = 0; k < growing.Length; k++)
            if (Largest(gaussians.Scale(kept.Length + k)) > options.SplitScale * options.Radius)
                Split(gaussians, places[growing[k]], kept.Length + k, step, seed);
    }

    private static bool IsKept(Gaussians gaussians, SplatOptions options, int i) =>
        gaussians.Opacity(i) >= options.PruneOpacity && Largest(gaussians.Scale(i)) <= LargestScale * options.Radius;

    private static int[] Growing(int[] kept, SplatOptions options, float[] pull, int[] seen)
    {
        var room = Math.Min(options.MaximalCount - kept.Length, (int)Math.Ceiling(options.GrowthShare * kept.Length));
        if (room <= 0)
            return [];

        float Mean(int i) => pull[i] / Math.Max(1, seen[i]);
        return [.. kept.Where(i => Mean(i) > 0).OrderByDescending(Mean).ThenBy(i => i).Take(room).Order()];
    }

    private static float Largest(Vector3 scale) => Math.Max(scale.X, Math.Max(scale.Y, scale.Z));

    /// <summary>Moves both to places drawn from the Gaussian they were, and makes them smaller.</summary>
    private static void Split(Gaussians gaussians, int original, int copy, int step, long seed)
    {
        var (scale, (c0, c1, c2)) = (gaussians.Scale(original), SplatShape.Columns(gaussians.Rotation(original)));
        var centre = gaussians.Position(original);
        foreach (var i in new[] { original, copy })
        {
            var offset = scale * new Vector3(Normal(seed, step, i, 0), Normal(seed, step, i, 1), Normal(seed, step, i, 2));
            var place = centre + offset.X * c0 + offset.Y * c1 + offset.Z * c2;
            (gaussians.Positions.Values[3 * i], gaussians.Positions.Values[3 * i + 1], gaussians.Positions.Values[3 * i + 2]) = (place.X, place.Y, place.Z);
            for (var axis = 0; axis < 3; axis++)
                gaussians.LogScales.Values[3 * i + axis] -= MathF.Log(SplitRatio);
        }
    }

    /// <summary>Box and Muller's transform.</summary>
    private static float Normal(long seed, int step, int i, int axis)
    {
        var radius = Math.Sqrt(-2 * Math.Log(1 - CounterRandom.Uniform(seed, step, i, 2 * axis)));
        return (float)(radius * Math.Cos(2 * Math.PI * CounterRandom.Uniform(seed, step, i, 2 * axis + 1)));
    }
}
