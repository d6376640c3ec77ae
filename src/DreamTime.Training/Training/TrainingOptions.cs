using DreamTime.Diffusion;

namespace DreamTime.Training;

/// <summary>How a prior is trained. The run ends at the first of <see cref="Steps"/> and <see cref="Minutes"/> that is reached.</summary>
public sealed record TrainingOptions
{
    /// <summary>Where the prior, the samples, the log and the checkpoint go.</summary>
    public required string Output { get; init; }

    /// <summary>Names the data, the noise and the initial weights.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Steps in all, earlier ones of a resumed run included; null where time alone is the limit.</summary>
    public long? Steps { get; init; }

    /// <summary>Minutes of training in all, earlier ones of a resumed run included; null where steps alone are the limit.</summary>
    public double? Minutes { get; init; }

    /// <summary>Whether to go on from the checkpoint in <see cref="Output"/>, as if the run had not been broken.</summary>
    public bool Resume { get; init; }

    /// <summary>A prior's folder whose weights to begin with (fresh optimiser, fresh warm-up); null for random weights.</summary>
    public string? InitialWeights { get; init; }

    /// <summary>Images a step; a multiple of <see cref="Replicas"/>.</summary>
    public int Batch { get; init; } = 32;

    /// <summary>
    /// Copies of the network that work on equal shares of a batch, a thread each. On a few cores this is faster than parallel tensor operations,
    /// whose threads wait for each other at every one.
    /// </summary>
    public int Replicas { get; init; } = 2;

    /// <summary>Where the network computes. A GPU is fed best by one replica and a batch of some hundred images, which the processor's cores render meanwhile.</summary>
    public PriorDevice Device { get; init; } = PriorDevice.Cpu;

    /// <summary>Learning rate between warm-up and decay.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>Steps over which the learning rate rises.</summary>
    public int WarmUpSteps { get; init; } = 200;

    /// <summary>The last share of the run, over which the learning rate falls linearly to 2 %.</summary>
    public double DecayShare { get; init; } = 0.3;

    /// <summary>Decay of matrices per step and unit of learning rate.</summary>
    public double WeightDecay { get; init; } = 0.01;

    /// <summary>Largest norm of the gradient.</summary>
    public double ClipNorm { get; init; } = 1;

    /// <summary>Decay of the averaged weights in the long run; early on it is (1 + step) / (10 + step).</summary>
    public double AverageDecay { get; init; } = 0.9995;

    /// <summary>Minutes between checkpoints.</summary>
    public double CheckpointMinutes { get; init; } = 5;

    /// <summary>Minutes between sample sheets and validations.</summary>
    public double SampleMinutes { get; init; } = 10;

    /// <summary>Images of the validation set; 0 for none.</summary>
    public int ValidationImages { get; init; } = 256;

    /// <summary>What the sample sheets show.</summary>
    public IReadOnlyList<string> SamplePrompts { get; init; } = SampleSheet.TrainingPrompts;

    /// <summary>The network's sizes.</summary>
    public PriorArchitecture Architecture { get; init; } = PriorArchitecture.Standard;
}
