using System.Text.Json;
using DreamTime.Diffusion;
using static TorchSharp.torch;

namespace DreamTime.Golden;

/// <summary>Whole trajectories of the samplers, with the model that the file's <c>doc</c> defines.</summary>
internal sealed class SchedulersFixture : IFixture
{
    private static readonly string[] Given = ["c", "noise", "x_init"];

    public bool Matches(GoldenFile file) =>
        file.Root.TryGetProperty("cases", out var cases) && cases[0].TryGetProperty("num_inference_steps", out _);

    public IEnumerable<string> Expected(GoldenFile file) => file.Names.Where(name => !Given.Contains(name.Split('.')[^1]));

    public IEnumerable<Comparison> Run(GoldenFile file) => file.Root.GetProperty("cases").EnumerateArray().SelectMany(one => Case(file, one));

    private static IEnumerable<Comparison> Case(GoldenFile file, JsonElement one)
    {
        string name = one.GetProperty("name").GetString()!;
        Tensor Stored(string tensor) => file[$"{name}.{tensor}"];
        Comparison Compare(string tensor, Tensor actual) =>
            file.Compare($"{name}.{tensor}", actual, Stored(tensor), one.GetProperty("tensors").GetProperty(tensor).GetProperty("atol").GetDouble());

        var config = SchedulerConfig.Parse(one.GetProperty("config").GetRawText());
        double eta = one.GetProperty("eta") is { ValueKind: JsonValueKind.Number } given ? given.GetDouble() : 0;
        IScheduler? scheduler = one.GetProperty("class").GetString() switch
        {
            "DDIMScheduler" => new DdimScheduler(config, eta),
            "DDPMScheduler" => new DdpmScheduler(config),
            _ => null,
        };
        if (scheduler is null)
            yield break;
        int steps = one.GetProperty("num_inference_steps").GetInt32();
        var timesteps = scheduler.Timesteps(steps);
        yield return Compare("timesteps", tensor(timesteps.Select(t => t - 1.0).ToArray()));

        var x = Stored("x_init");
        var c = Stored("c");
        List<Tensor> predictions = [], samples = [], clean = [];
        for (int step = 0; step < steps; step++)
        {
            int t = timesteps[step];
            var prediction = Model(x, t - 1, c, config.Variance == DdpmVariance.LearnedRange);
            var next = scheduler.Step(prediction, t, steps, x, scheduler.NeedsNoise(t) ? Stored("noise")[step] : null);
            predictions.Add(prediction);
            samples.Add(x = next.Previous);
            clean.Add(next.Clean);
        }
        yield return Compare("model_out", stack(predictions));
        yield return Compare("prev", stack(samples));
        if (file.Has($"{name}.pred_x0"))
            yield return Compare("pred_x0", stack(clean));
    }

    private static Tensor Model(Tensor x, double index, Tensor c, bool learnedVariance)
    {
        var eps = (0.5 * x.tanh()).Plus(0.5 * Math.Sin(0.013 * index) * c);
        return learnedVariance ? cat([eps, 0.8 * x.Plus(c).sin()], 1) : eps;
    }
}
