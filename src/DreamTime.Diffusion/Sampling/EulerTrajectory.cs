using TorchSharp;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>A way of Euler's methods. Its samples are x_0 + sigma eps, whose scale grows with the noise.</summary>
internal sealed class EulerTrajectory : ITrajectory
{
    private readonly SchedulerConfig config;
    private readonly SigmaSchedule schedule;
    private readonly bool ancestral;
    private int done;

    public EulerTrajectory(SchedulerConfig config, SigmaSchedule schedule, bool ancestral)
    {
        Trajectory.RequireSignal("Euler's method", schedule.Points);
        this.config = config;
        this.schedule = schedule;
        this.ancestral = ancestral;
    }

    public IReadOnlyList<SamplingPoint> Points => schedule.Points;

    public IReadOnlyList<double> Sigmas => schedule.Sigmas;

    /// <summary>sqrt(sigma^2 + 1) where the way starts below the last timestep, so that its start has the variance of a noisy sample.</summary>
    public double InitialDeviation =>
        config.Spacing == TimestepSpacing.Leading ? Math.Sqrt(Sigmas[0] * Sigmas[0] + 1) : Sigmas[0];

    public bool NeedsNoise => ancestral;

    public Tensor ScaleInput(Tensor sample)
    {
        ArgumentNullException.ThrowIfNull(sample);
        Trajectory.RequireOpen(done, Points);
        return sample.Over(Math.Sqrt(Sigmas[done] * Sigmas[done] + 1));
    }

    public SchedulerStep Step(Tensor prediction, Tensor sample, Tensor? noise = null)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        ArgumentNullException.ThrowIfNull(sample);
        if (ancestral && noise is null)
            throw new ArgumentNullException(nameof(noise), "A step of Euler ancestral needs noise.");
        Trajectory.RequireOpen(done, Points);
        double sigma = Sigmas[done], next = Sigmas[++done];
        double up = ancestral ? Math.Sqrt(next * next * (sigma * sigma - next * next) / (sigma * sigma)) : 0;
        double down = Math.Sqrt(next * next - up * up);

        using var scope = NewDisposeScope();
        var clean = config.Prediction switch
        {
            PredictionType.Epsilon => sample - prediction.Times(sigma),
            PredictionType.Velocity => sample.Over(sigma * sigma + 1) - prediction.Times(sigma / Math.Sqrt(sigma * sigma + 1)),
            _ => prediction.alias(),
        };
        var previous = sample.Plus((sample - clean).Times((down - sigma) / sigma));
        if (up > 0)
            previous = previous.Plus(noise!.Times(up));
        return new SchedulerStep(previous.MoveToOuterDisposeScope(), clean.MoveToOuterDisposeScope());
    }

    public void Dispose()
    {
    }
}
