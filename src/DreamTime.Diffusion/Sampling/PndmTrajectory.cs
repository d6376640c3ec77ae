using TorchSharp;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>A way of <see cref="PndmScheduler"/>.</summary>
internal sealed class PndmTrajectory : ITrajectory
{
    private static readonly double[][] AdamsBashforth =
    [
        [1],
        [3 / 2.0, -1 / 2.0],
        [23 / 12.0, -16 / 12.0, 5 / 12.0],
        [55 / 24.0, -59 / 24.0, 37 / 24.0, -9 / 24.0],
    ];

    private readonly SchedulerConfig config;
    private readonly IReadOnlyList<PndmMove> moves;
    private readonly TensorHistory predictions = new(AdamsBashforth.Length);

    /// <summary>The weighted sum of a Runge-Kutta step's predictions so far.</summary>
    private readonly TensorHistory sum = new(1);

    /// <summary>The sample at the start of a step that takes several calls.</summary>
    private readonly TensorHistory start = new(1);
    private int done;

    public PndmTrajectory(SchedulerConfig config, IReadOnlyList<PndmMove> moves)
    {
        this.config = config;
        this.moves = moves;
        Points = [.. moves.Select(move => new SamplingPoint(move.Asked, config.Noise.AlphaBar(move.Asked)))];
        Trajectory.RequireSignal("PNDM", Points);
    }

    public IReadOnlyList<SamplingPoint> Points { get; }

    public double InitialDeviation => 1;

    public bool NeedsNoise => false;

    public Tensor ScaleInput(Tensor sample) => sample;

    public SchedulerStep Step(Tensor prediction, Tensor sample, Tensor? noise = null)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        ArgumentNullException.ThrowIfNull(sample);
        Trajectory.RequireOpen(done, Points);
        var move = moves[done++];
        using var scope = NewDisposeScope();
        if (move.Stage == PndmStage.Start || done == 1)
            start.Push(sample);
        var mixed = Mix(move.Stage, prediction);
        return Transfer(move, mixed, move.Stage == PndmStage.Multistep ? sample : start[0]);
    }

    public void Dispose()
    {
        predictions.Dispose();
        sum.Dispose();
        start.Dispose();
    }

    private Tensor Mix(PndmStage stage, Tensor prediction)
    {
        switch (stage)
        {
            case PndmStage.Start:
                predictions.Push(prediction);
                sum.Push(prediction.Over(6));
                return prediction;
            case PndmStage.Middle:
                sum.Push(sum[0].Plus(prediction.Over(3)));
                return prediction;
            case PndmStage.End:
                return sum[0].Plus(prediction.Over(6));
            case PndmStage.Again:
                return prediction.Plus(predictions[0]).Over(2);
            default:
                predictions.Push(prediction);
                var weights = AdamsBashforth[predictions.Count - 1];
                return weights.Select((weight, age) => predictions[age].Times(weight)).Aggregate((left, right) => left.Plus(right));
        }
    }

    /// <summary>Liu et al. 2022, eq. 11: the sample under a noise prediction that stays the same on the way.</summary>
    private SchedulerStep Transfer(PndmMove move, Tensor prediction, Tensor sample)
    {
        double from = config.Noise.AlphaBar(move.From);
        double to = move.To >= 1 ? config.Noise.AlphaBar(move.To) : config.SetAlphaToOne ?? false ? 1 : config.Noise.AlphaBar(1);
        var eps = config.Prediction == PredictionType.Velocity
            ? prediction.Times(Math.Sqrt(from)).Plus(sample.Times(Math.Sqrt(1 - from)))
            : prediction;
        double divisor = from * Math.Sqrt(1 - to) + Math.Sqrt(from * (1 - from) * to);
        var previous = sample.Times(Math.Sqrt(to / from)) - eps.Times((to - from) / divisor);
        var clean = (sample - eps.Times(Math.Sqrt(1 - from))).Over(Math.Sqrt(from));
        return new SchedulerStep(previous.MoveToOuterDisposeScope(), clean.MoveToOuterDisposeScope());
    }
}
