using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DreamTime.Diffusion;
using TorchSharp;

namespace DreamTime.Training;

/// <summary>Trains the embedded prior: a small text-to-image diffusion model, on pictures that are rendered as they are needed.</summary>
public sealed class PriorTrainer : IDisposable
{
    private const int StepsPerReport = 50;
    private const long ValidationSeed = 0x76616C6964;

    private readonly TrainingOptions options;
    private readonly IProgress<TrainingReport>? progress;
    private readonly VelocityObjective objective = new();
    private readonly Replica[] replicas;
    private readonly ParameterLayout layout;
    private readonly TrainingState state;
    private readonly ClipTokenizer tokenizer;
    private readonly TrainingBatch[] validation;
    private readonly PriorPlacement placement;
    private readonly int renderThreads;

    private PriorTrainer(TrainingOptions options, IProgress<TrainingReport>? progress)
    {
        this.options = options;
        this.progress = progress;
        NativeLibtorch.Load();
        placement = new PriorPlacement { Device = options.Device };
        var device = placement.UsesGpu() ? DeviceType.CUDA : DeviceType.CPU;
        // Beside replicas on the CPU one thread renders enough, and more would take their cores.
        renderThreads = device == DeviceType.CPU ? 1 : Math.Max(1, Environment.ProcessorCount - 2);
        // Half the digits of a product are noise beside that of a batch's gradient, and a GPU is several times faster without them.
        torch.backends.cuda.matmul.allow_tf32 = true;
        torch.manual_seed(options.Seed);
        // The number of threads is the calling thread's own, but also what later threads begin with: that is put back.
        var threads = torch.get_num_threads();
        replicas = [.. Enumerable.Range(0, options.Replicas).Select(_ => new Replica(options.Architecture, device))];
        torch.set_num_threads(threads);
        layout = replicas[0].Network.Layout;
        state = new TrainingState(layout, options);
        Begin();
        Export(new JsonObject());
        tokenizer = ClipTokenizer.Load(ModelFolder.At(options.Output));
        validation = [.. Enumerable.Range(0, (options.ValidationImages + options.Batch - 1) / options.Batch).Select(part => Batch(ValidationSeed, part, default))];
    }

    /// <summary>Trains until the budget is spent; cancelled, it saves a checkpoint and returns.</summary>
    /// <param name="options">What, where and how long.</param>
    /// <param name="progress">Told about every 50 steps.</param>
    /// <param name="cancellation">Ends the run after the current step.</param>
    /// <returns>The last report.</returns>
    /// <exception cref="ArgumentException">The options contradict each other.</exception>
    /// <exception cref="IOException">Files cannot be read or written.</exception>
    /// <exception cref="NotSupportedException">A GPU is demanded and none can be used; the message says what was found.</exception>
    public static TrainingReport Train(TrainingOptions options, IProgress<TrainingReport>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Steps is null && options.Minutes is null)
            throw new ArgumentException("A training needs a budget: steps, minutes or both.", nameof(options));
        if (options.Steps < 1 || options.Minutes is { } minutes && !(minutes > 0))
            throw new ArgumentException(FormattableString.Invariant($"A budget of {options.Steps} steps, {options.Minutes} minutes is none."), nameof(options));
        if (options.Replicas < 1 || options.Batch % options.Replicas != 0 || options.Batch < options.Replicas)
            throw new ArgumentException($"A batch of {options.Batch} images cannot be shared by {options.Replicas} replicas.", nameof(options));
        if (!options.Resume && File.Exists(TrainingState.PathIn(options.Output)))
            throw new IOException($"'{options.Output}' already holds a training run; resume it, or choose another folder.");
        using var trainer = new PriorTrainer(options, progress);
        return trainer.Run(cancellation);
    }

    /// <summary>Frees networks and threads.</summary>
    public void Dispose()
    {
        foreach (var replica in replicas)
            replica.Dispose();
        objective.Dispose();
    }

    private double Progress => Math.Clamp(
        Math.Max(
            options.Steps is { } steps ? (double)state.Step / steps : 0,
            options.Minutes is { } minutes ? state.Seconds / (60 * minutes) : 0),
        0, 1);

    private void Begin()
    {
        if (options.Resume)
        {
            state.Load(options.Output);
            return;
        }
        if (options.InitialWeights is { } weights)
        {
            var folder = ModelFolder.At(weights);
            ModuleLoader.Load(replicas[0].Network.UNet, folder, folder.WeightsFile("unet"));
            ModuleLoader.Load(replicas[0].Network.Text, folder, folder.WeightsFile("text_encoder"));
        }
        replicas[0].Network.CopyTo(state.Weights);
        state.Weights.CopyTo(state.Average, 0);
    }

    private TrainingReport Run(CancellationToken cancellation)
    {
        using var batches = new BatchQueue(state.Step, (step, stop) => Batch(options.Seed, step, stop));
        var (clock, before) = (Stopwatch.StartNew(), state.Seconds);
        var (lastCheckpoint, lastSamples) = (state.Seconds, state.Seconds);
        var meter = new Meter(state.Seconds);
        TrainingReport? report = null;
        while (Progress < 1 && !cancellation.IsCancellationRequested)
        {
            var asked = clock.Elapsed.TotalSeconds;
            var batch = batches.Take();
            meter.Waited += clock.Elapsed.TotalSeconds - asked;
            Step(batch, meter);
            state.Seconds = before + clock.Elapsed.TotalSeconds;
            if (state.Step % StepsPerReport == 0)
                Tell(report = meter.Report(state, options, Progress, validationLoss: null));
            if (state.Seconds - lastSamples > 60 * options.SampleMinutes)
            {
                Tell(report = Show(meter));
                lastSamples = state.Seconds;
            }
            if (state.Seconds - lastCheckpoint > 60 * options.CheckpointMinutes)
            {
                state.Save(options.Output);
                lastCheckpoint = state.Seconds;
            }
        }
        state.Save(options.Output);
        Tell(report = Show(meter));
        return report;
    }

    private TrainingBatch Batch(long seed, long step, CancellationToken stop) =>
        TrainingBatch.Make(tokenizer, seed, step, options.Batch, options.Replicas, options.Architecture.ImageSize, objective.Timesteps, renderThreads, stop);

    private void Step(TrainingBatch batch, Meter meter)
    {
        for (var share = 0; share < replicas.Length; share++)
            replicas[share].BeginStep(objective, batch, share, replicas.Length, state.Weights);
        foreach (var replica in replicas)
            replica.Wait();

        var gradients = replicas[0].Gradients;
        foreach (var replica in replicas.Skip(1))
            FlatVector.Add(gradients, replica.Gradients);
        var norm = Norm(gradients, _ => true) / replicas.Length;
        if (!double.IsFinite(norm))
            throw new ArithmeticException(FormattableString.Invariant($"The gradient of step {state.Step} is not finite."));
        var rate = LearningRate.At(options, state.Optimizer.Steps, Progress);
        var decay = Math.Min(options.AverageDecay, (1.0 + state.Optimizer.Steps) / (10 + state.Optimizer.Steps));
        state.Optimizer.Step(
            state.Weights, gradients, (float)(Math.Min(1, options.ClipNorm / norm) / replicas.Length), (float)rate, state.Average, (float)decay);
        state.Step++;
        meter.Add(replicas.Average(replica => replica.Loss), norm, rate);
        if (state.Step % StepsPerReport == 0)
            meter.TextNorm = Norm(gradients, name => name.StartsWith(PriorNetwork.TextPrefix, StringComparison.Ordinal)) / replicas.Length;
    }

    private double Norm(float[] gradients, Func<string, bool> counts)
    {
        var sum = 0.0;
        for (var i = 0; i < layout.Parameters.Count; i++)
        {
            if (counts(layout.Parameters[i].Name))
                sum += FlatVector.SumOfSquares(layout.Slice(i, gradients));
        }
        return Math.Sqrt(sum);
    }

    /// <summary>Validates and exports the averaged weights, and draws with what was exported.</summary>
    private TrainingReport Show(Meter meter)
    {
        var report = meter.Report(state, options, Progress, validation.Length > 0 ? Validate() : null);
        Export(Figures(report));
        if (options.SamplePrompts.Count > 0)
            Draw().Save(Path.Combine(options.Output, "samples", string.Create(CultureInfo.InvariantCulture, $"{report.Images:D8}.png")));
        return report;
    }

    private SampleSheet Draw()
    {
        using var prior = Prior.Load(PriorSource.Folder(options.Output), placement);
        var parts = options.SamplePrompts.Chunk((options.SamplePrompts.Count + replicas.Length - 1) / replicas.Length).ToArray();
        var sheets = new SampleSheet[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            var part = i;
            replicas[part].Begin(() => sheets[part] = SampleSheet.Draw(prior, parts[part], seed: 1 + part * parts[0].Length));
        }
        foreach (var replica in replicas.Take(parts.Length))
            replica.Wait();
        return SampleSheet.Join(sheets);
    }

    private double Validate()
    {
        var sum = 0.0;
        foreach (var batch in validation)
        {
            for (var share = 0; share < replicas.Length; share++)
                replicas[share].BeginLoss(objective, batch, share, replicas.Length, state.Average);
            foreach (var replica in replicas)
                replica.Wait();
            sum += replicas.Average(replica => replica.Loss);
        }
        return sum / validation.Length;
    }

    private void Export(JsonObject figures)
    {
        using var scope = torch.NewDisposeScope();
        PriorFolder.Write(options.Output, options.Architecture, layout.ToTensors(state.Average), figures);
    }

    private JsonObject Figures(TrainingReport report) => new()
    {
        ["seed"] = options.Seed,
        ["steps"] = report.Step,
        ["images"] = report.Images,
        ["hours"] = Math.Round(report.Seconds / 3600, 3),
        ["loss"] = Math.Round(report.Loss, 5),
        ["validation_loss"] = report.ValidationLoss is { } loss ? Math.Round(loss, 5) : null,
        ["parameters"] = layout.Length,
    };

    private void Tell(TrainingReport report)
    {
        progress?.Report(report);
        Directory.CreateDirectory(options.Output);
        File.AppendAllText(Path.Combine(options.Output, "log.jsonl"), JsonSerializer.Serialize(report, JsonSerializerOptions.Web) + "\n", new UTF8Encoding(false));
    }
}
