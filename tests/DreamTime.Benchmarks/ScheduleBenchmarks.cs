using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using DreamTime.Schedules;

namespace DreamTime.Benchmarks;

/// <summary>A whole run's timesteps, N = 10000 on T = 1000: eq. 5 as a scan at every step, against the compiled table.</summary>
[MemoryDiagnoser]
[MinColumn]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
[CategoriesColumn]
public class ScheduleBenchmarks
{
    private const int Steps = 10_000;
    private readonly NoiseSchedule noise = NoiseSchedule.StableDiffusion;
    private readonly ScheduleExpression expression = ScheduleExpression.Parse("snr * gaussian 500 125");
    private double[] weights = [];
    private readonly string longText = string.Join(" + ", Enumerable.Range(1, 100).Select(m => $"gaussian {m} 5.5"));
    private Schedule schedule = null!;
    private ScheduleRun run = null!;
    private int step;

    /// <summary>Both ways must give the same timesteps before their times are worth comparing.</summary>
    [GlobalSetup]
    public void Setup()
    {
        weights = (Weights.Snr * Weights.Gaussian(500, 125)).Compile(noise).Normalised;
        schedule = expression.Compile(noise);
        run = schedule.Over(Steps);
        for (var i = 1; i <= Steps; i++)
            if (Scan(i) != schedule.TimestepAt(i, Steps) || run[i] != schedule.TimestepAt(i, Steps))
                throw new InvalidOperationException($"The scan, the table and the run differ at step {i}.");
    }

    [Benchmark(Baseline = true), BenchmarkCategory("run")]
    public int RunByScan()
    {
        var sum = 0;
        for (var i = 1; i <= Steps; i++)
            sum += Scan(i);
        return sum;
    }

    [Benchmark, BenchmarkCategory("run")]
    public int RunByTable()
    {
        var sum = 0;
        for (var i = 1; i <= Steps; i++)
            sum += schedule.TimestepAt(i, Steps);
        return sum;
    }

    [Benchmark, BenchmarkCategory("run")]
    public ScheduleRun CompileTheRun() => expression.Compile(noise).Over(Steps);

    [Benchmark(Baseline = true), BenchmarkCategory("step")]
    public int StepByScan() => Scan(step = step % Steps + 1);

    [Benchmark, BenchmarkCategory("step")]
    public int StepByTable() => schedule.TimestepAt(step = step % Steps + 1, Steps);

    /// <summary>The time of one look-up; the loop and the sum are part of it.</summary>
    [Benchmark(OperationsPerInvoke = Steps), BenchmarkCategory("step")]
    public int StepByRun()
    {
        var sum = 0;
        for (var i = 1; i <= Steps; i++)
            sum += run[i];
        return sum;
    }

    /// <summary>A table's weights t by t, as their meaning is defined, against node by node.</summary>
    [Benchmark(Baseline = true), BenchmarkCategory("compile")]
    public double EvaluateTimestepByTimestep()
    {
        var weight = Weights.Snr * Weights.Gaussian(500, 125);
        var sum = 0.0;
        for (var t = 1; t <= noise.Timesteps; t++)
            sum += weight.Evaluate(noise, t);
        return sum;
    }

    [Benchmark, BenchmarkCategory("compile")]
    public Schedule Compile() => expression.Compile(noise);

    /// <summary>The time of one of its five words.</summary>
    [Benchmark(OperationsPerInvoke = 5), BenchmarkCategory("parse")]
    public ScheduleExpression ParseAToken() => ScheduleExpression.Parse("snr * gaussian 500 125");

    /// <summary>The time of one of the 399 words of a sum of a hundred Gaussians.</summary>
    [Benchmark(OperationsPerInvoke = 399), BenchmarkCategory("parse")]
    public ScheduleExpression ParseATokenOfMany() => ScheduleExpression.Parse(longText);

    /// <summary>Eq. 5 as it is written, with a running tail sum.</summary>
    private int Scan(int i)
    {
        var progress = (double)i / Steps;
        var (sum, nearest, best) = (0.0, 0, double.PositiveInfinity);
        for (var t = weights.Length; t >= 1; t--)
        {
            sum += weights[t - 1];
            var distance = Math.Abs(sum - progress);
            if (distance < best)
                (nearest, best) = (t, distance);
        }
        return nearest;
    }
}
