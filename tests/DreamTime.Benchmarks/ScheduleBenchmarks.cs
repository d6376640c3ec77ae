using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Configs;
using DreamTime.Schedules;

namespace DreamTime.Benchmarks;

/// <summary>A whole run's timesteps, N = 10000 on T = 1000: eq. 5 as a scan at every step, against the compiled table.</summary>
[MemoryDiagnoser]
[GroupBenchmarksBy(BenchmarkLogicalGroupRule.ByCategory)]
[CategoriesColumn]
public class ScheduleBenchmarks
{
    private const int Steps = 10_000;
    private readonly NoiseSchedule noise = NoiseSchedule.StableDiffusion;
    private readonly ScheduleExpression expression = ScheduleExpression.Parse("snr * gaussian 500 125");
    private double[] weights = [];
    private Schedule schedule = null!;
    private int step;

    /// <summary>Both ways must give the same timesteps before their times are worth comparing.</summary>
    [GlobalSetup]
    public void Setup()
    {
        weights = (Weights.Snr * Weights.Gaussian(500, 125)).Compile(noise).Normalised;
        schedule = expression.Compile(noise);
        for (var i = 1; i <= Steps; i++)
            if (Scan(i) != schedule.TimestepAt(i, Steps))
                throw new InvalidOperationException($"The scan and the table differ at step {i}.");
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
    public int ParseCompileAndRunByTable()
    {
        var compiled = ScheduleExpression.Parse("snr * gaussian 500 125").Compile(noise);
        var sum = 0;
        for (var i = 1; i <= Steps; i++)
            sum += compiled.TimestepAt(i, Steps);
        return sum;
    }

    [Benchmark(Baseline = true), BenchmarkCategory("step")]
    public int StepByScan() => Scan(step = step % Steps + 1);

    [Benchmark, BenchmarkCategory("step")]
    public int StepByTable() => schedule.TimestepAt(step = step % Steps + 1, Steps);

    [Benchmark, BenchmarkCategory("compile")]
    public Schedule Compile() => expression.Compile(noise);

    [Benchmark, BenchmarkCategory("compile")]
    public ScheduleExpression Parse() => ScheduleExpression.Parse("snr * gaussian 500 125");

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
