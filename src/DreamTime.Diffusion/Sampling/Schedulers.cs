namespace DreamTime.Diffusion;

/// <summary>The samplers by name.</summary>
public static class Schedulers
{
    /// <summary>Makes a sampler.</summary>
    /// <param name="kind">Which.</param>
    /// <param name="config">The noise and the options; those of other samplers have no effect.</param>
    /// <param name="eta">How much of DDPM's noise each step of DDIM adds, from 0; the others have no such number.</param>
    /// <exception cref="ArgumentException">eta is not 0, and the sampler is not DDIM.</exception>
    /// <exception cref="NotSupportedException">The configuration asks for what the sampler does not do.</exception>
    public static IScheduler Create(SamplerKind kind, SchedulerConfig config, double eta = 0)
    {
        if (eta != 0 && kind != SamplerKind.Ddim)
            throw new ArgumentException($"eta is {eta}, and should be 0: only DDIM has it, not {kind}.", nameof(eta));
        return kind switch
        {
            SamplerKind.Ddim => new DdimScheduler(config, eta),
            SamplerKind.Ddpm => new DdpmScheduler(config),
            SamplerKind.Pndm => new PndmScheduler(config),
            SamplerKind.Euler => new EulerScheduler(config),
            SamplerKind.EulerAncestral => new EulerAncestralScheduler(config),
            SamplerKind.DpmSolverMultistep => new DpmSolverMultistepScheduler(config),
            _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no such sampler."),
        };
    }
}
