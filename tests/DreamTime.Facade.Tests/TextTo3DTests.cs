using DreamTime.Diffusion;
using DreamTime.Renderers;
using DreamTime.Schedules;
using DreamTime.Testing;
using Expecto;
using static TorchSharp.torch;

namespace DreamTime.Facade.Tests;

internal static class TextTo3DTests
{
    private const int Size = 8;

    /// <summary>Knows images of one plain red and nothing else.</summary>
    private static Prior Red()
    {
        double[] mean = [.. new[] { 0.6, -0.6, -0.6 }.SelectMany(channel => Enumerable.Repeat(channel, Size * Size))];
        var denoiser = new AnalyticDenoiser(NoiseSchedule.StableDiffusion, 12, Size / 2, Size / 2, [new MixtureComponent(1, mean, 0.05)]);
        return new Prior("red", "", Size, new SchedulerConfig(), denoiser, new PixelUnshuffleCodec(2), _ => ones(1, 1, 1));
    }

    private static TextTo3DOptions Short(int steps) => new()
    {
        Steps = steps,
        Views = 2,
        Guidance = new GuidanceOptions { Scale = 1 },
        MeshResolution = 24,
        TurntableFrames = 2,
        TurntableSize = 16,
        PreviewEvery = 0,
    };

    public static Test All { get; } = Runner.list("text to 3D", [
        Runner.caseAsync("OptimizeAsync_reports_every_step_and_the_mesh_can_be_taken", async () =>
        {
            using var prior = Red();
            using var run = TextTo3D.Start(prior, "a red thing", Short(5));
            var seen = new List<StepReport>();
            await foreach (var step in run.OptimizeAsync())
                seen.Add(step);
            Check.Sequence(Enumerable.Range(1, 5), seen.Select(step => step.Index), "steps");
            Check.Sequence([664, 588, 524, 449, 1], seen.Select(step => step.Timestep), "N = 5 takes every second timestep of N = 10");
            Check.True(run.ExtractMesh().TriangleCount > 0, "there is a mesh");
        }),
        Runner.caseAsync("OptimizeAsync_stops_between_two_steps_when_cancelled", async () =>
        {
            using var prior = Red();
            using var run = TextTo3D.Start(prior, "a red thing", Short(50));
            using var cancellation = new CancellationTokenSource();
            try
            {
                await foreach (var step in run.OptimizeAsync(cancellation.Token))
                    if (step.Index == 3)
                        cancellation.Cancel();
                Check.True(false, "a cancelled run must throw");
            }
            catch (OperationCanceledException)
            {
                Check.Equal(3, run.StepsDone, "steps done");
            }
        }),
        Runner.caseAsync("GenerateAsync_tells_its_progress_and_names_its_files", async () =>
        {
            var folder = Directory.CreateTempSubdirectory("dreamtime-facade-").FullName;
            try
            {
                using var prior = Red();
                var last = 0;
                var result = await TextTo3D.GenerateAsync(
                    prior, "a red thing", Path.Combine(folder, "run"), Short(4), progress: new Synchronous(step => last = step.Index));
                Check.Equal(4, last, "the last step reported");
                Check.True(File.Exists(result.Model), "the model is there");
                Check.True(File.Exists(result.Picture), "the turntable is there");
            }
            finally
            {
                Directory.Delete(folder, true);
            }
        }),
        Runner.@case("Options_out_of_range_name_the_argument_and_its_value", () =>
        {
            var mistake = Check.Throws<ArgumentOutOfRangeException>(() => _ = new TextTo3DOptions { Steps = 0 }, "no steps");
            Check.Equal(nameof(TextTo3DOptions.Steps), mistake.ParamName, "argument");
            Check.Equal<object?>(0, mistake.ActualValue, "value");
        }),
        Runner.@case("ReadState_goes_on_as_an_unbroken_run_with_what_the_background_learned", () =>
        {
            foreach (var representation in (Representation[])[Representation.Nerf, Representation.Dmtet])
            {
                using var prior = Red();
                var options = Short(6) with { Representation = representation, Background = BackgroundKind.Learned, CoarseShare = 0.3, Dmtet = new() { Resolution = 12 } };
                using var unbroken = TextTo3D.Start(prior, "a red thing", options);
                for (var step = 0; step < 4; step++)
                    unbroken.Advance();
                using var state = new MemoryStream();
                unbroken.WriteState(state);

                using var resumed = TextTo3D.Start(prior, "a red thing", options);
                Check.Throws<InvalidDataException>(() => resumed.ReadState(new MemoryStream(state.ToArray()[..100])), "background");
                state.Position = 0;
                resumed.ReadState(state);
                Check.Equal(4, resumed.StepsDone, "steps done");
                for (var step = 0; step < 2; step++)
                {
                    unbroken.Advance();
                    resumed.Advance();
                }

                float[] Picture(TextTo3DRun run) => run.Render(run.Around(1), 16, System.Numerics.Vector3.Zero).Color;
                Check.Sequence(Picture(unbroken), Picture(resumed), $"{representation}");
            }
        }),
        Runner.@case("Start_refuses_a_blank_prompt", () =>
        {
            using var prior = Red();
            Check.Throws<ArgumentException>(() => TextTo3D.Start(prior, "  "), "blank");
        }),
    ]);

    private sealed class Synchronous(Action<StepReport> report) : IProgress<StepReport>
    {
        public void Report(StepReport value) => report(value);
    }
}
