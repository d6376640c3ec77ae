namespace DreamTime.Diffusion;

/// <summary>How <see cref="TextToImage"/> samples.</summary>
public sealed record SampleOptions
{
    /// <summary>Denoising steps, 1..T.</summary>
    public int Steps { get; init; } = 50;

    /// <summary>The scale s of <see cref="ClassifierFreeGuidance"/>; 1 is the model's own answer.</summary>
    public double GuidanceScale { get; init; } = 7.5;

    /// <summary>What guidance leads away from; empty for the unconditional model.</summary>
    public string NegativePrompt { get; init; } = "";

    /// <summary>The first image's seed; the next images have the seeds that follow.</summary>
    public long Seed { get; init; }

    /// <summary>The sampler.</summary>
    public SamplerKind Sampler { get; init; } = SamplerKind.Ddim;

    /// <summary>DDIM's eta, from 0: how much fresh noise each step adds.</summary>
    public double Eta { get; init; }

    /// <summary>Side of the square images, pixels; null for the prior's own.</summary>
    public int? ImageSize { get; init; }
}

/// <summary>How far sampling has come.</summary>
/// <param name="Step">The step just done, from 1.</param>
/// <param name="Steps">All steps; some samplers ask the model more often than <see cref="SampleOptions.Steps"/> says.</param>
/// <param name="Timestep">The paper's t of that step, rounded.</param>
public readonly record struct SampleProgress(int Step, int Steps, int Timestep);
