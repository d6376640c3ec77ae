using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>The way of a sampler without memory.</summary>
internal sealed class OneStepTrajectory : ITrajectory
{
    private readonly IOneStepScheduler scheduler;
    private readonly IReadOnlyList<int> timesteps;
    private int done;

    public OneStepTrajectory(IOneStepScheduler scheduler, int steps)
    {
        this.scheduler = scheduler;
        timesteps = scheduler.Timesteps(steps);
        Points = [.. timesteps.Select(t => new SamplingPoint(t, scheduler.Config.Noise.AlphaBar(t)))];
    }

    public IReadOnlyList<SamplingPoint> Points { get; }

    public double InitialDeviation => 1;

    public bool NeedsNoise => scheduler.NeedsNoise(timesteps[done]);

    public Tensor ScaleInput(Tensor sample) => sample;

    public SchedulerStep Step(Tensor prediction, Tensor sample, Tensor? noise = null)
    {
        Trajectory.RequireOpen(done, Points);
        return scheduler.Step(prediction, timesteps[done++], timesteps.Count, sample, noise);
    }

    public void Dispose()
    {
    }
}
