using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>The shape and the training of a <see cref="DmtetRenderer"/>: a signed distance on a tetrahedral grid, and a material around it.</summary>
public sealed record DmtetOptions
{
    /// <summary>Cubes along an axis of the lattice, 4..160: 12 tetrahedra a cube. Memory grows with its cube: about 190 bytes a cube, 50 MB at 64.</summary>
    public int Resolution { get; init; } = 64;

    /// <summary>
    /// The material's hash grid and network, their learning rates, the radius and the threads. Nothing is sampled along rays: what is said of that is not used, nor is the density.
    /// </summary>
    public NerfOptions Field { get; init; } = new() { Log2TableSize = 16, FinestResolution = 128 };

    /// <summary>Radii of the ellipsoid that the surface starts as, along x, y and z, in world units, each above 0.</summary>
    public Vector3 InitialRadii { get; init; } = new(0.5f);

    /// <summary>
    /// The light around a metallic-rough material; null shows the albedo as it is, as images that carry their own light ask for. With a light, albedo, metallic, roughness and a bump
    /// are learned apart from it.
    /// </summary>
    public EnvironmentLight? Light { get; init; }

    /// <summary>Adam's learning rate for the distances, in cubes.</summary>
    public float DistanceLearningRate { get; init; } = 0.01f;

    /// <summary>Adam's learning rate for the lattice's moves, each within a quarter of a cube by its tanh; 0 keeps the lattice as it is.</summary>
    public float MoveLearningRate { get; init; } = 0.01f;

    /// <summary>Says which option is out of range, and what would be right.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public void Validate()
    {
        ArgumentNullException.ThrowIfNull(Field);
        Field.Validate();
        Light?.Validate();
        Require(Resolution is >= 4 and <= 160, nameof(Resolution), Resolution, "4..160");
        Require(Positive(InitialRadii.X) && Positive(InitialRadii.Y) && Positive(InitialRadii.Z), nameof(InitialRadii), InitialRadii, "finite and above 0");
        Require(DistanceLearningRate >= 0 && float.IsFinite(DistanceLearningRate), nameof(DistanceLearningRate), DistanceLearningRate, "finite and at least 0");
        Require(MoveLearningRate >= 0 && float.IsFinite(MoveLearningRate), nameof(MoveLearningRate), MoveLearningRate, "finite and at least 0");
    }

    private static bool Positive(float value) => value > 0 && float.IsFinite(value);

    private static void Require<T>(bool valid, string option, T value, string range)
    {
        if (!valid)
            throw new ArgumentOutOfRangeException(option, value, FormattableString.Invariant($"{option} is {value}; it must be {range}."));
    }
}
