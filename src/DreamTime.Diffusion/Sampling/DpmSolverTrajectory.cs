using TorchSharp;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>A way of <see cref="DpmSolverMultistepScheduler"/>.</summary>
internal sealed class DpmSolverTrajectory : ITrajectory
{
    /// <summary>From this many steps on, the last ones have the full order too.</summary>
    private const int EnoughSteps = 15;

    private readonly SchedulerConfig config;
    private readonly DpmLevel[] levels;
    private readonly TensorHistory predictions;
    private int done;

    public DpmSolverTrajectory(SchedulerConfig config, IReadOnlyList<int> timesteps)
    {
        this.config = config;
        Points = [.. timesteps.Select(t => new SamplingPoint(t, config.Noise.AlphaBar(t)))];
        Trajectory.RequireSignal("DPM-Solver", Points);
        // The way ends at t = 1, the least noise that was trained.
        levels = [.. timesteps.Append(1).Select(t => DpmLevel.Of(config.Noise.AlphaBar(t)))];
        predictions = new TensorHistory(config.SolverOrder);
    }

    public IReadOnlyList<SamplingPoint> Points { get; }

    public double InitialDeviation => 1;

    public bool NeedsNoise => DpmCoefficients.IsStochastic(config.Algorithm);

    public Tensor ScaleInput(Tensor sample) => sample;

    public SchedulerStep Step(Tensor prediction, Tensor sample, Tensor? noise = null)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        ArgumentNullException.ThrowIfNull(sample);
        if (NeedsNoise && noise is null)
            throw new ArgumentNullException(nameof(noise), "A step of the stochastic DPM-Solver needs noise.");
        Trajectory.RequireOpen(done, Points);
        using var scope = NewDisposeScope();
        var (clean, eps) = Read(prediction, sample, Points[done].AlphaBar);
        predictions.Push(DpmCoefficients.IsInClean(config.Algorithm) ? clean : eps);
        int order = Math.Min(Math.Min(config.SolverOrder, predictions.Count), HighestOrder);
        var step = DpmCoefficients.Of(config, order, levels[done + 1], [.. Enumerable.Range(0, order).Select(age => levels[done - age])]);
        done++;

        var previous = sample.Times(step.Sample);
        for (int age = 0; age < order; age++)
            previous = previous.Plus(predictions[age].Times(step.Predictions[age]));
        if (NeedsNoise)
            previous = previous.Plus(noise!.Times(step.Noise));
        return new SchedulerStep(previous.MoveToOuterDisposeScope(), clean.alias().MoveToOuterDisposeScope());
    }

    public void Dispose() => predictions.Dispose();

    /// <summary>Short ways end with order 2, then 1, which is steadier.</summary>
    private int HighestOrder =>
        config.LowerOrderFinal && Points.Count < EnoughSteps ? Points.Count - done : config.SolverOrder;

    private CleanPrediction Read(Tensor prediction, Tensor sample, double alphaBar)
    {
        if (config.Variance is DdpmVariance.Learned or DdpmVariance.LearnedRange)
            prediction = prediction.narrow(1, 0, sample.shape[1]);
        // Clamping is DDPM's and DDIM's; DPM-Solver thresholds or leaves the sample as it is.
        var read = CleanPrediction.Of(config with { ClipSample = false }, prediction, alphaBar, sample);
        return config.Thresholding && !DpmCoefficients.IsInClean(config.Algorithm)
            ? read with { Noise = (sample - read.Clean.Times(Math.Sqrt(alphaBar))).Over(Math.Sqrt(1 - alphaBar)) }
            : read;
    }
}
