using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>
/// The shape and the training of a <see cref="NeusRenderer"/>: a signed distance in place of the density (Wang et al. 2021). Defaults are for score distillation
/// on two CPU cores.
/// </summary>
public sealed record NeusOptions
{
    /// <summary>Grid, network, bounds, sampling, learning rates. Its density's activation and blob are not used.</summary>
    public NerfOptions Field { get; init; } = new();

    /// <summary>Radii of the ellipsoid that the surface starts as, along x, y and z, in world units, each above 0.</summary>
    public Vector3 InitialRadii { get; init; } = new(0.5f);

    /// <summary>The logarithm, divided by 10, of the sharpness 1/s that the surface starts with: 0.3 gives 20 per world unit.</summary>
    public float InitialVariance { get; init; } = 0.3f;

    /// <summary>Adam's learning rate for that number.</summary>
    public float VarianceLearningRate { get; init; } = 0.001f;

    /// <summary>Weight of the mean of (|gradient of the distance| - 1)^2 over the samples.</summary>
    public float Eikonal { get; init; } = 0.1f;

    /// <summary>Steps until the slope along the ray is taken as it is; before, light passes surfaces that face away too (cosine annealing). 0 takes it at once.</summary>
    public int CosineAnnealingSteps { get; init; }

    /// <summary>How the gradient of the distance is found: differences see past the grid's cells, and learn smoother surfaces.</summary>
    public NormalMethod NormalMethod { get; init; } = NormalMethod.FiniteDifference;

    /// <summary>The distance, in world units, over which the gradient is a finite difference.</summary>
    public float NormalEpsilon { get; init; } = 0.01f;

    /// <summary>Says which option is out of range, and what would be right.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public void Validate()
    {
        ArgumentNullException.ThrowIfNull(Field);
        Field.Validate();
        Require(Field.Bounds != NerfBounds.Unbounded, nameof(Field.Bounds), Field.Bounds, "a sphere or a box: a signed distance is that of one surface");
        Require(!Field.ScaleNearGradients, nameof(Field.ScaleNearGradients), Field.ScaleNearGradients, "off: it is a NeRF's");
        Require(Positive(InitialRadii.X) && Positive(InitialRadii.Y) && Positive(InitialRadii.Z), nameof(InitialRadii), InitialRadii, "finite and above 0");
        Require(InitialVariance is >= -1 and <= 1, nameof(InitialVariance), InitialVariance, "-1..1");
        Require(VarianceLearningRate >= 0 && float.IsFinite(VarianceLearningRate), nameof(VarianceLearningRate), VarianceLearningRate, "finite and at least 0");
        Require(Eikonal >= 0 && float.IsFinite(Eikonal), nameof(Eikonal), Eikonal, "finite and at least 0");
        Require(CosineAnnealingSteps >= 0, nameof(CosineAnnealingSteps), CosineAnnealingSteps, "at least 0");
        Require(Enum.IsDefined(NormalMethod), nameof(NormalMethod), NormalMethod, "a named method");
        Require(Positive(NormalEpsilon) && NormalEpsilon <= Field.Radius, nameof(NormalEpsilon), NormalEpsilon, "above 0 and at most the radius");
    }

    private static bool Positive(float value) => value > 0 && float.IsFinite(value);

    private static void Require<T>(bool valid, string option, T value, string range)
    {
        if (!valid)
            throw new ArgumentOutOfRangeException(option, value, FormattableString.Invariant($"{option} is {value}; it must be {range}."));
    }
}
