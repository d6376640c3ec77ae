namespace DreamTime.Renderers;

/// <summary>
/// The start and the training of a <see cref="SplatRenderer"/>. The parameters and the rounds of growing and pruning are those of 3D Gaussian Splatting (Kerbl et
/// al. 2023); the rates of scales and opacities are theirs too, the others are larger, for runs of hundreds of steps instead of tens of thousands. Growth is by share
/// instead of by a threshold on the gradient, so that it does not depend on the scale of the loss.
/// </summary>
public sealed record SplatOptions
{
    /// <summary>Gaussians at the start, at least 1.</summary>
    public int InitialCount { get; init; } = 2000;

    /// <summary>Growth stops at so many Gaussians; not below the initial count.</summary>
    public int MaximalCount { get; init; } = 20_000;

    /// <summary>Degree of the spherical harmonics that make colours depend on the direction, 0..3.</summary>
    public int HarmonicsDegree { get; init; }

    /// <summary>Half the side of the box that holds the object; the Gaussians start in a ball of half this radius.</summary>
    public float Radius { get; init; } = 1;

    /// <summary>The opacity that Gaussians start with, between 0 and 1.</summary>
    public float InitialOpacity { get; init; } = 0.1f;

    /// <summary>Adam's learning rate for positions, in radii.</summary>
    public float PositionLearningRate { get; init; } = 0.002f;

    /// <summary>Adam's learning rate for the logarithms of the scales.</summary>
    public float ScaleLearningRate { get; init; } = 0.005f;

    /// <summary>Adam's learning rate for the quaternions.</summary>
    public float RotationLearningRate { get; init; } = 0.002f;

    /// <summary>Adam's learning rate for the logits of the opacities.</summary>
    public float OpacityLearningRate { get; init; } = 0.05f;

    /// <summary>Adam's learning rate for the harmonics of degree 0; the others learn at a twentieth.</summary>
    public float ColorLearningRate { get; init; } = 0.01f;

    /// <summary>Steps between two rounds of growing and pruning; 0 keeps the Gaussians as many as they are.</summary>
    public int DensifyInterval { get; init; } = 100;

    /// <summary>Rounds of growing end after so many steps; pruning goes on.</summary>
    public int DensifyUntil { get; init; } = int.MaxValue;

    /// <summary>Share of the Gaussians, those whose images pull most at their positions, that are cloned or split in a round; 0..1.</summary>
    public float GrowthShare { get; init; } = 0.1f;

    /// <summary>Gaussians fainter than this are pruned, 0 to below 1.</summary>
    public float PruneOpacity { get; init; } = 0.005f;

    /// <summary>A Gaussian larger than this, in radii, is split; a smaller one is cloned.</summary>
    public float SplitScale { get; init; } = 0.02f;

    /// <summary>Threads, or 0 for all processors. The result does not depend on it.</summary>
    public int Threads { get; init; }

    /// <summary>Says which option is out of range, and what would be right.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public void Validate()
    {
        Require(InitialCount is >= 1 and <= 10_000_000, nameof(InitialCount), InitialCount, "1..10,000,000");
        Require(MaximalCount >= InitialCount && MaximalCount <= 10_000_000, nameof(MaximalCount), MaximalCount, "from the initial count to 10,000,000");
        Require(HarmonicsDegree is >= 0 and <= 3, nameof(HarmonicsDegree), HarmonicsDegree, "0..3");
        Require(Radius > 0 && float.IsFinite(Radius), nameof(Radius), Radius, "finite and above 0");
        Require(InitialOpacity is > 0 and < 1, nameof(InitialOpacity), InitialOpacity, "between 0 and 1");
        Require(DensifyInterval >= 0, nameof(DensifyInterval), DensifyInterval, "at least 0");
        Require(DensifyUntil >= 0, nameof(DensifyUntil), DensifyUntil, "at least 0");
        Require(GrowthShare is >= 0 and <= 1, nameof(GrowthShare), GrowthShare, "0..1");
        Require(PruneOpacity is >= 0 and < 1, nameof(PruneOpacity), PruneOpacity, "from 0 to below 1");
        Require(SplitScale > 0 && float.IsFinite(SplitScale), nameof(SplitScale), SplitScale, "finite and above 0");
        Require(Threads >= 0, nameof(Threads), Threads, "0 for all processors, or a count");
        foreach (var (name, rate) in new[]
                 {
                     (nameof(PositionLearningRate), PositionLearningRate), (nameof(ScaleLearningRate), ScaleLearningRate),
                     (nameof(RotationLearningRate), RotationLearningRate), (nameof(OpacityLearningRate), OpacityLearningRate),
                     (nameof(ColorLearningRate), ColorLearningRate),
                 })
            Require(rate >= 0 && float.IsFinite(rate), name, rate, "finite and at least 0");
    }

    /// <summary>What <see cref="Threads"/> says to loops.</summary>
    internal ParallelOptions Parallelism => new() { MaxDegreeOfParallelism = Threads == 0 ? Environment.ProcessorCount : Threads };

    private static void Require<T>(bool valid, string option, T value, string range)
    {
        if (!valid)
            throw new ArgumentOutOfRangeException(option, value, FormattableString.Invariant($"{option} is {value}; it must be {range}."));
    }
}
