using System.Diagnostics;
using System.Numerics;
using DreamTime.Diffusion;
using DreamTime.Renderers;
using DreamTime.Renderers.Cuda;
using DreamTime.Schedules;

namespace DreamTime;

/// <summary>From a prompt to a 3D model: the facade that applications call.</summary>
public static class TextTo3D
{
    private const int PreviewSize = 128;
    private static readonly Vector3 PictureBackground = new(0.72f);

    /// <summary>Prepares a run in memory; nothing is optimised yet.</summary>
    /// <param name="prior">The diffusion model; it stays the caller's to dispose, after the run.</param>
    /// <param name="prompt">What is to be seen, not blank.</param>
    /// <param name="options">Everything else; the defaults where <c>null</c>.</param>
    /// <exception cref="ArgumentException">The prompt is blank, or the schedule cannot be compiled on the prior's noise.</exception>
    public static TextTo3DRun Start(Prior prior, string prompt, TextTo3DOptions? options = null) => new(prior, prompt, options ?? new TextTo3DOptions());

    /// <summary>The schedule that a run will follow: the options' own, else the one the prior recommends, else the paper's.</summary>
    /// <param name="prior">What guides the run.</param>
    /// <param name="options">What the run is made of.</param>
    public static ScheduleExpression ScheduleOf(Prior prior, TextTo3DOptions options)
    {
        ArgumentNullException.ThrowIfNull(prior);
        ArgumentNullException.ThrowIfNull(options);
        return options.Schedule ?? prior.Views?.Schedule ?? ScheduleExpression.Parse("dreamtime");
    }

    /// <summary>
    /// Runs to the end and keeps a run folder: <c>run.json</c>, <c>log.jsonl</c>, previews, the asset (<c>model.glb</c>) and <c>turntable.gif</c>
    /// (or <c>image.png</c> for an image), <c>depth.png</c> and <c>normal.png</c> from four sides, and of Gaussians <c>splats.ply</c> and <c>splats.splat</c>. A cancelled run exports what there is.
    /// </summary>
    /// <param name="prior">The diffusion model.</param>
    /// <param name="prompt">What is to be seen, not blank.</param>
    /// <param name="folder">Where the run is kept.</param>
    /// <param name="options">Everything else; the defaults where <c>null</c>.</param>
    /// <param name="overwrite">Whether a run that is in the folder may be replaced.</param>
    /// <param name="progress">Told of every step.</param>
    /// <param name="cancellation">Ends the run within a step.</param>
    /// <exception cref="ArgumentException">The prompt is blank, or the schedule cannot be compiled on the prior's noise.</exception>
    /// <exception cref="RunFolderException">The folder cannot take a run.</exception>
    public static async Task<GenerationResult> GenerateAsync(
        Prior prior, string prompt, string folder, TextTo3DOptions? options = null, bool overwrite = false,
        IProgress<StepReport>? progress = null, CancellationToken cancellation = default)
    {
        using var run = Start(prior, prompt, options);
        using var files = RunFolder.Create(folder, overwrite);
        var clock = Stopwatch.StartNew();
        void Manifest(string state) => files.WriteManifest(Describe(run, prior, state, clock.Elapsed));

        Manifest("running");
        try
        {
            var cancelled = !await Optimize(run, files, progress, cancellation).ConfigureAwait(false);
            clock.Stop();
            var result = run.StepsDone == 0
                ? new GenerationResult(folder, 0, cancelled, null, null, "The run was cancelled before its first step ended; there is nothing to export.")
                : Export(run, files, cancelled);
            Manifest(cancelled ? "cancelled" : "done");
            return result;
        }
        catch (Exception)
        {
            Manifest("failed");
            throw;
        }
    }

    /// <summary>Does all steps; false where the run was cancelled before.</summary>
    private static async Task<bool> Optimize(TextTo3DRun run, RunFolder files, IProgress<StepReport>? progress, CancellationToken cancellation)
    {
        try
        {
            await foreach (var report in run.OptimizeAsync(cancellation).ConfigureAwait(false))
            {
                files.Log(report);
                if (run.Options.PreviewEvery > 0 && (report.Index % run.Options.PreviewEvery == 0 || report.Index == 1))
                    SavePreview(run, files, report.Index);
                progress?.Report(report);
            }
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static GenerationResult Export(TextTo3DRun run, RunFolder files, bool cancelled)
    {
        if (run.Options.Representation == Representation.Image)
        {
            var picture = files.In("image.png");
            var image = run.Render(run.Around(1), 0, PictureBackground);
            ImageFile.SavePng(picture, Picture.Of(image, 0));
            return new GenerationResult(files.Path, run.StepsDone, cancelled, null, picture, null);
        }

        if ((run.Renderer as SplatRenderer ?? (run.Renderer as CudaSplatRenderer)?.OnCpu()) is { } splats)
        {
            SplatPly.Save(splats, files.In("splats.ply"));
            SplatFile.Save(splats, files.In("splats.splat"));
        }

        var turntable = files.In("turntable.gif");
        Turntable.Save(turntable, Frames(run));
        SaveSurface(run, files);
        var (model, warning) = AssetExport.Save(run.ExtractAsset, run.Options.Asset, files.In(AssetExport.FileName(run.Options.Format)), run.Prompt);
        return new GenerationResult(files.Path, run.StepsDone, cancelled, model, turntable, warning);
    }

    /// <summary>Rendered one by one, since all of them at once would take hundreds of megabytes.</summary>
    private static Picture[] Frames(TextTo3DRun run) =>
        [.. run.Around(run.Options.TurntableFrames).Select(view => Picture.Of(run.Render([view], run.Options.TurntableSize, PictureBackground), 0))];

    private static void SavePreview(TextTo3DRun run, RunFolder files, int step)
    {
        var views = run.Options.Representation == Representation.Image ? 1 : 4;
        var hasSurface = run.Options.SurfacePreviews && run.Renderer.HasNormals;
        var images = run.Render(run.Around(views), PreviewSize, PictureBackground, hasSurface);
        Save("step", Picture.Of);
        if (hasSurface)
        {
            Save("depth", SurfacePictures.Depth);
            Save("normal", SurfacePictures.Normals);
        }

        void Save(string kind, Func<Images, int, Picture> picture) => ImageFile.SavePng(
            files.In(Path.Combine("preview", FormattableString.Invariant($"{kind}-{step:D6}.png"))),
            new PictureGrid([.. Enumerable.Range(0, views).Select(view => picture(images, view))]) { Columns = views });
    }

    /// <summary>The finished object's depth and normals from four sides.</summary>
    private static void SaveSurface(TextTo3DRun run, RunFolder files)
    {
        if (!run.Renderer.HasNormals)
            return;

        var views = run.Around(4).Select(view => run.Render([view], run.Options.TurntableSize, PictureBackground, normals: true)).ToArray();
        ImageFile.SavePng(files.In("depth.png"), new PictureGrid([.. views.Select(view => SurfacePictures.Depth(view, 0))]) { Columns = views.Length });
        ImageFile.SavePng(files.In("normal.png"), new PictureGrid([.. views.Select(view => SurfacePictures.Normals(view, 0))]) { Columns = views.Length });
    }

    private static RunManifest Describe(TextTo3DRun run, Prior prior, string state, TimeSpan elapsed) => new()
    {
        Prompt = run.Prompt,
        State = state,
        StepsDone = run.StepsDone,
        Steps = run.Options.Steps,
        Seed = run.Options.Seed,
        Schedule = run.Schedule.ToString(),
        ScheduleHash = run.Schedule.Hash,
        Prior = prior.Name,
        PriorHash = prior.Hash,
        Representation = run.Options.Representation,
        Guidance = run.Options.Guidance,
        Views = run.Options.Views,
        Device = run.Options.Gpu?.Name ?? "cpu",
        PriorDevice = prior.Device,
        Threads = Environment.ProcessorCount,
        Versions = $"DreamTime {typeof(TextTo3D).Assembly.GetName().Version?.ToString(3)}, .NET {Environment.Version}",
        Seconds = Math.Round(elapsed.TotalSeconds, 1),
    };
}
