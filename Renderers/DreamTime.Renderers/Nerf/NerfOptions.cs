namespace DreamTime.Renderers;

/// <summary>
/// The shape and the training of a <see cref="NerfRenderer"/>. The defaults are for score distillation at 32x32 to 64x64 pixels on two CPU cores.
/// </summary>
public sealed record NerfOptions
{
    /// <summary>Levels of the hash grid, an even number of 2..16; each gives two features.</summary>
    public int Levels { get; init; } = 8;

    /// <summary>Binary logarithm of the most entries a level may have, 8..24. A level whose vertices fit is stored densely.</summary>
    public int Log2TableSize { get; init; } = 15;

    /// <summary>Cells along an axis of the coarsest level.</summary>
    public int BaseResolution { get; init; } = 8;

    /// <summary>Cells along an axis of the finest level; levels between grow geometrically.</summary>
    public int FinestResolution { get; init; } = 64;

    /// <summary>
    /// Levels, from the coarsest, that a run starts with (Li et al. 2023, Neuralangelo; threestudio's progressive bands): the finer ones are 0 until their turn, so that the coarse
    /// shape forms first. 0 starts with all.
    /// </summary>
    public int StartLevels { get; init; }

    /// <summary>Steps until the first finer level joins, where not all start; at least 0.</summary>
    public int LevelsFrom { get; init; }

    /// <summary>Steps from one level's turn to the next one's, at least 1.</summary>
    public int LevelInterval { get; init; } = 50;

    /// <summary>Neurons of a hidden layer, a multiple of 8 up to 128.</summary>
    public int HiddenWidth { get; init; } = 32;

    /// <summary>Hidden layers, 1..4.</summary>
    public int HiddenLayers { get; init; } = 1;

    /// <summary>From the network's output to a density, never negative.</summary>
    public DensityActivation DensityActivation { get; init; } = DensityActivation.Softplus;

    /// <summary>The blob that the density starts with.</summary>
    public DensityBlob DensityBlob { get; init; } = DensityBlob.Magic3D;

    /// <summary>Radius of the ball, or half the side of the box, that holds the object, in world units.</summary>
    public float Radius { get; init; } = 1;

    /// <summary>Where rays are sampled.</summary>
    public NerfBounds Bounds { get; init; } = NerfBounds.Sphere;

    /// <summary>Samples that a ray through the centre takes, before empty space is skipped; their spacing is 2 <see cref="Radius"/> / this, on every ray. Unbounded, half as many again lie outside the ball, evenly in disparity.</summary>
    public int SamplesPerRay { get; init; } = 48;

    /// <summary>A ray ends where its transmittance falls below this.</summary>
    public float EarlyStop { get; init; } = 1e-4f;

    /// <summary>
    /// Whether the gradients of samples nearer than the radius are multiplied by (distance / radius)^2 (Philip and Deschaintre 2023): a camera among what it sees covers what is near with
    /// more rays, and would rather learn a fog before its lens than what is far.
    /// </summary>
    public bool ScaleNearGradients { get; init; }

    /// <summary>Cells along an axis of the grid that remembers where nothing is; 0 samples all space, always.</summary>
    public int OccupancyResolution { get; init; } = 32;

    /// <summary>Steps between two updates of the occupancy grid. Before the first one every cell counts as occupied.</summary>
    public int OccupancyInterval { get; init; } = 16;

    /// <summary>How normals are found, where they are wanted.</summary>
    public NormalMethod NormalMethod { get; init; } = NormalMethod.Analytic;

    /// <summary>The distance, in world units, over which normals by differences look, above 0 and at most the radius.</summary>
    public float NormalEpsilon { get; init; } = 0.01f;

    /// <summary>Adam's learning rate for the hash grid.</summary>
    public float GridLearningRate { get; init; } = 0.01f;

    /// <summary>Adam's learning rate for the network.</summary>
    public float NetworkLearningRate { get; init; } = 0.01f;

    /// <summary>Threads, or 0 for all processors. The result does not depend on it.</summary>
    public int Threads { get; init; }

    /// <summary>Says which option is out of range, and what would be right.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public void Validate()
    {
        Require(Levels is >= 2 and <= 16 && Levels % 2 == 0, nameof(Levels), Levels, "an even number of 2..16");
        Require(Log2TableSize is >= 8 and <= 24, nameof(Log2TableSize), Log2TableSize, "8..24");
        Require(BaseResolution >= 1, nameof(BaseResolution), BaseResolution, "at least 1");
        Require(FinestResolution >= BaseResolution && FinestResolution < 1 << Log2TableSize, nameof(FinestResolution), FinestResolution, "from the base resolution to below the table's size");
        Require(StartLevels >= 0 && StartLevels <= Levels, nameof(StartLevels), StartLevels, "0 for all levels, or up to as many as there are");
        Require(LevelsFrom >= 0, nameof(LevelsFrom), LevelsFrom, "at least 0");
        Require(LevelInterval >= 1, nameof(LevelInterval), LevelInterval, "at least 1");
        Require(HiddenWidth is >= 8 and <= 128 && HiddenWidth % 8 == 0, nameof(HiddenWidth), HiddenWidth, "a multiple of 8 up to 128");
        Require(HiddenLayers is >= 1 and <= 4, nameof(HiddenLayers), HiddenLayers, "1..4");
        Require(Enum.IsDefined(DensityActivation), nameof(DensityActivation), DensityActivation, "a named activation");
        Require(Enum.IsDefined(DensityBlob), nameof(DensityBlob), DensityBlob, "a named blob");
        Require(Enum.IsDefined(Bounds), nameof(Bounds), Bounds, "a named shape");
        Require(Radius > 0 && float.IsFinite(Radius), nameof(Radius), Radius, "finite and above 0");
        Require(SamplesPerRay is >= 1 and <= 4096, nameof(SamplesPerRay), SamplesPerRay, "1..4096");
        Require(EarlyStop is >= 0 and < 1, nameof(EarlyStop), EarlyStop, "from 0 to below 1");
        Require(OccupancyResolution is >= 0 and <= 256, nameof(OccupancyResolution), OccupancyResolution, "0..256");
        Require(OccupancyInterval >= 1, nameof(OccupancyInterval), OccupancyInterval, "at least 1");
        Require(Enum.IsDefined(NormalMethod), nameof(NormalMethod), NormalMethod, "a named method");
        Require(NormalEpsilon > 0 && NormalEpsilon <= Radius, nameof(NormalEpsilon), NormalEpsilon, "above 0 and at most the radius");
        Require(GridLearningRate >= 0 && float.IsFinite(GridLearningRate), nameof(GridLearningRate), GridLearningRate, "finite and at least 0");
        Require(NetworkLearningRate >= 0 && float.IsFinite(NetworkLearningRate), nameof(NetworkLearningRate), NetworkLearningRate, "finite and at least 0");
        Require(Threads >= 0, nameof(Threads), Threads, "0 for all processors, or a count");
    }

    /// <summary>Half the side of the cube that the grid spans, in world units, contracted ones where space is.</summary>
    internal float CubeRadius => Bounds == NerfBounds.Unbounded ? 2 * Radius : Radius;

    /// <summary>What <see cref="Threads"/> says to loops.</summary>
    internal ParallelOptions Parallelism => new() { MaxDegreeOfParallelism = Threads == 0 ? Environment.ProcessorCount : Threads };

    /// <summary>Levels that are read and learn after so many steps.</summary>
    internal int LevelsAt(int steps) => StartLevels == 0 ? Levels
        : steps < LevelsFrom ? StartLevels
        : (int)Math.Min(Levels, StartLevels + 1 + ((long)steps - LevelsFrom) / LevelInterval);

    private static void Require<T>(bool valid, string option, T value, string range)
    {
        if (!valid)
            throw new ArgumentOutOfRangeException(option, value, FormattableString.Invariant($"{option} is {value}; it must be {range}."));
    }
}
