using System.Text.Json;
using DreamTime.Diffusion;
using DreamTime.Schedules;
using TorchSharp;
using static TorchSharp.torch;

namespace DreamTime.Golden;

/// <summary>
/// Whole trajectories of the samplers, with the model that the file's <c>doc</c> defines; the tables of abar, the noising of a sample, the rescaling of
/// guidance.
/// </summary>
internal sealed class SchedulersFixture : IFixture
{
    private const string StableDiffusionBetas = "scaled_linear";

    private static readonly string[] Given = ["c", "noise", "x_init", "x0", "t", "noise_cfg", "noise_text"];

    public bool Matches(GoldenFile file) =>
        file.Root.TryGetProperty("cases", out var cases) && cases.GetArrayLength() > 0 && cases[0].TryGetProperty("num_inference_steps", out _);

    public IEnumerable<string> Expected(GoldenFile file) => file.Names.Where(name => !Given.Contains(name.Split('.')[^1]));

    public IEnumerable<Comparison> Run(GoldenFile file) =>
        [.. Tables(file), .. AddNoise(file), .. Rescale(file), .. Cases(file).SelectMany(one => Supported(() => Trajectory(file, one)))];

    /// <summary>Nothing where a case asks for what the port refuses, so that the other cases go on.</summary>
    private static IReadOnlyList<Comparison> Supported(Func<IEnumerable<Comparison>> run)
    {
        try
        {
            return [.. run()];
        }
        catch (NotSupportedException)
        {
            return [];
        }
    }

    private static JsonElement.ArrayEnumerator Cases(GoldenFile file) => file.Root.GetProperty("cases").EnumerateArray();

    private static IScheduler Scheduler(JsonElement one)
    {
        var config = SchedulerConfig.Parse(one.GetProperty("config").GetRawText());
        return one.GetProperty("class").GetString() switch
        {
            "DDIMScheduler" => new DdimScheduler(config, one.GetProperty("eta") is { ValueKind: JsonValueKind.Number } eta ? eta.GetDouble() : 0),
            "DDPMScheduler" => new DdpmScheduler(config),
            "PNDMScheduler" => new PndmScheduler(config),
            "EulerDiscreteScheduler" => new EulerScheduler(config),
            "EulerAncestralDiscreteScheduler" => new EulerAncestralScheduler(config),
            "DPMSolverMultistepScheduler" => new DpmSolverMultistepScheduler(config),
            var name => throw new NotSupportedException($"There is no sampler {name}."),
        };
    }

    private static IEnumerable<Comparison> Trajectory(GoldenFile file, JsonElement one)
    {
        string name = one.GetProperty("name").GetString()!;
        Tensor Stored(string tensor) => file[$"{name}.{tensor}"];
        Comparison Compare(string tensor, Tensor actual) => file.Compare(
            $"{name}.{tensor}", actual, Stored(tensor), one.GetProperty("tensors").GetProperty(tensor).GetProperty("atol").GetDouble());

        var scheduler = Scheduler(one);
        using var trajectory = scheduler.Start(one.GetProperty("num_inference_steps").GetInt32());
        yield return Compare("timesteps", tensor(trajectory.Points.Select(point => point.Timestep - 1).ToArray()));
        if (trajectory is EulerTrajectory euler)
            yield return Compare("sigmas", tensor(euler.Sigmas.ToArray()));

        bool learned = scheduler.Config.Variance is DdpmVariance.Learned or DdpmVariance.LearnedRange;
        var x = Stored("x_init");
        var c = Stored("c");
        List<Tensor> inputs = [], predictions = [], samples = [], clean = [];
        for (int step = 0; step < trajectory.Points.Count; step++)
        {
            inputs.Add(trajectory.ScaleInput(x));
            predictions.Add(Model(inputs[step], trajectory.Points[step].Timestep - 1, c, learned));
            var next = trajectory.Step(predictions[step], x, trajectory.NeedsNoise ? Stored("noise")[step] : null);
            samples.Add(x = next.Previous);
            clean.Add(next.Clean);
        }
        foreach (var (tensor, values) in new[] { ("model_in", inputs), ("model_out", predictions), ("prev", samples), ("pred_x0", clean) })
            if (file.Has($"{name}.{tensor}"))
                yield return Compare(tensor, stack(values));
    }

    private static Tensor Model(Tensor x, double index, Tensor c, bool learnedVariance)
    {
        var eps = (0.5 * x.tanh()).Plus(0.5 * Math.Sin(0.013 * index) * c);
        return learnedVariance ? cat([eps, 0.8 * x.Plus(c).sin()], 1) : eps;
    }

    private static IEnumerable<Comparison> Tables(GoldenFile file)
    {
        foreach (string betas in file.Between("table.", ".alphas_cumprod"))
            foreach (string prefix in new[] { "", "zsnr_" })
                if (file.Has($"table.{betas}.{prefix}alphas_cumprod"))
                {
                    double[] alphaBars = Noise(file, betas, zeroTerminal: prefix.Length > 0).AlphaBars;
                    yield return file.Compare($"table.{betas}.{prefix}alphas_cumprod", tensor(alphaBars));
                    var exact = Betas(tensor(alphaBars));
                    string name = $"table.{betas}.{prefix}betas";
                    // The file gives no atol. Rescaling cancels at the noisy end, so that the reference's float32 counts, by the rule of the cases.
                    double gap = prefix.Length > 0 ? (RescaledBetas(Noise(file, betas, zeroTerminal: false)) - exact).abs().max().ToDouble() : 0;
                    yield return file.Compare(name, exact, file[name], Math.Max(5 * gap, 2e-6 * exact.max().ToDouble()));
                }
    }

    private static Tensor Betas(Tensor alphaBars) => 1 - cat([alphaBars[..1], alphaBars[1..] / alphaBars[..^1]]);

    /// <summary>Betas of zero terminal SNR with float32's rounding at every step.</summary>
    private static Tensor RescaledBetas(NoiseSchedule noise)
    {
        var roots = tensor(noise.AlphaBars, ScalarType.Float32).sqrt();
        var (first, last) = (roots[0], roots[-1]);
        return Betas(((roots - last) * (first / (first - last))).square());
    }

    /// <summary>The noise of the first case with these betas.</summary>
    private static NoiseSchedule Noise(GoldenFile file, string betas, bool zeroTerminal)
    {
        var config = Cases(file).Select(one => one.GetProperty("config")).First(config => config.GetProperty("beta_schedule").GetString() == betas);
        var keys = config.EnumerateObject()
            .Where(key => key.Name is "beta_schedule" or "beta_start" or "beta_end" or "num_train_timesteps" or "trained_betas")
            .ToDictionary(key => key.Name, key => (object)key.Value);
        keys["rescale_betas_zero_snr"] = zeroTerminal;
        return NoiseSchedule.FromSchedulerConfig(JsonSerializer.Serialize(keys));
    }

    private static IEnumerable<Comparison> AddNoise(GoldenFile file)
    {
        if (!file.Has("add_noise.out"))
            yield break;
        Tensor clean = file["add_noise.x0"], noise = file["add_noise.noise"];
        int[] timesteps = [.. file["add_noise.t"].data<long>().Select(t => (int)t + 1)];
        var levels = NoiseLevels.Of(Noise(file, StableDiffusionBetas, zeroTerminal: false), clean, timesteps, ScalarType.Float32);
        yield return file.Compare("add_noise.out", (levels.Signal * clean).Plus(levels.Noise * noise));
        if (file.Has("add_noise.velocity"))
            yield return file.Compare("add_noise.velocity", levels.Signal * noise - levels.Noise * clean);
    }

    private static IEnumerable<Comparison> Rescale(GoldenFile file) =>
        file.Between("rescale_cfg.out_", "").Select(share => file.Compare(
            $"rescale_cfg.out_{share}",
            ClassifierFreeGuidance.Rescale(
                file["rescale_cfg.noise_cfg"], file["rescale_cfg.noise_text"], double.Parse(share, System.Globalization.CultureInfo.InvariantCulture))));
}
