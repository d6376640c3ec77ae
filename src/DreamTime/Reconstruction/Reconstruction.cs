using System.Diagnostics;
using System.Text.Json;
using DreamTime.Renderers;

namespace DreamTime;

/// <summary>From images with known cameras to a 3D model: the facade that applications call.</summary>
public static class Reconstruction
{
    /// <summary>A picture of a comparison shows so many test views at most.</summary>
    private const int ComparedViews = 8;

    /// <summary>Below so many seconds an asset made on trial would cost too large a share.</summary>
    private const double TrialBudget = 60;

    /// <summary>The largest signal-to-noise ratio that counts, so that an exact image does not make the mean infinite.</summary>
    private const double LargestPsnr = 100;

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    /// <summary>
    /// Fits a field to the training images within the budget and writes into a folder: the asset (<c>model.glb</c> or another format), <c>test/</c> with a rendering
    /// for each test image, <c>comparison.png</c> (truth above rendering), <c>depth.png</c> and <c>normal.png</c> of the same views, and <c>reconstruction.json</c>.
    /// </summary>
    /// <param name="dataset">The images.</param>
    /// <param name="folder">Where the results go; made where it is missing.</param>
    /// <param name="options">Everything else; the defaults where null.</param>
    /// <param name="progress">Told of the fit several times a second.</param>
    /// <param name="cancellation">Ends the fit within a step; what there is, is written.</param>
    /// <exception cref="DatasetException">The cameras do not look at one place.</exception>
    public static Task<ReconstructionResult> RunAsync(
        PosedDataset dataset, string folder, ReconstructionOptions? options = null, IProgress<ReconstructionReport>? progress = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        options ??= new ReconstructionOptions();
        return Task.Run(
            () =>
            {
                var clock = Stopwatch.StartNew();
                using var run = new ReconstructionRun(dataset, options);
                Fit(run, dataset, options, clock, progress, cancellation);
                return Export(run, dataset, folder, options, clock, cancellation.IsCancellationRequested);
            },
            CancellationToken.None);
    }

    private static void Fit(
        ReconstructionRun run, PosedDataset dataset, ReconstructionOptions options, Stopwatch clock, IProgress<ReconstructionReport>? progress,
        CancellationToken cancellation)
    {
        var (total, reserve, rendering) = (options.Budget.TotalSeconds, 0.1 * options.Budget.TotalSeconds, 0.0);
        var (isMeasured, isTried, loss, reported) = (false, total < TrialBudget, 0.0, 0.0);
        while (!cancellation.IsCancellationRequested)
        {
            var seconds = clock.Elapsed.TotalSeconds;
            var done = Math.Max(seconds / (total - reserve), options.Steps is { } steps ? (double)run.StepsDone / steps : 0);
            if (done >= 1)
                break;

            if (!isMeasured && done > 0.25)
            {
                // By now empty space is skipped, and a test image takes as long as it will at the end.
                var view = dataset.Test[0];
                rendering = 1.2 * (dataset.Test.Count * Seconds(() => run.RenderImages(view.Camera, view.Height, view.Width, normals: false))
                    + Math.Min(ComparedViews, dataset.Test.Count) * Seconds(() => run.RenderImages(view.Camera, view.Height, view.Width, normals: true)));
                (isMeasured, reserve) = (true, Math.Min(rendering + Math.Max(0.03 * total, Math.Min(8, 0.3 * total)), 0.5 * total));
                continue;
            }

            if (!isTried && done > 0.6)
            {
                // The surface is nearly what it will be: the asset is made once to see how long that takes.
                var making = Seconds(() => AssetExport.Measure(run.ExtractAsset, options.Asset));
                (isTried, reserve) = (true, Math.Min(rendering + 1.3 * making + 0.005 * total + 0.5, 0.5 * total));
                continue;
            }

            var now = run.Advance(done);
            loss = run.StepsDone == 1 ? now : 0.95 * loss + 0.05 * now;
            if (progress is not null && seconds - reported > 0.1)
            {
                reported = seconds;
                var remaining = TimeSpan.FromSeconds(Math.Max(0, seconds * (1 / Math.Max(done, 1e-3) - 1)));
                progress.Report(new ReconstructionReport(run.StepsDone, done, -10 * Math.Log10(Math.Max(loss, 1e-10)), run.StepsDone / seconds, remaining));
            }
        }
    }

    private static double Seconds(Action work)
    {
        var clock = Stopwatch.StartNew();
        work();
        return clock.Elapsed.TotalSeconds;
    }

    private static ReconstructionResult Export(
        ReconstructionRun run, PosedDataset dataset, string folder, ReconstructionOptions options, Stopwatch clock, bool cancelled)
    {
        var testFolder = Path.Combine(folder, "test");
        Directory.CreateDirectory(testFolder);
        var (files, ratios, compared) = (new List<string>(), new List<double>(), new List<(Picture Truth, Images Rendering)>());
        foreach (var (image, name) in dataset.Test.Zip(FileNames(dataset.Test)))
        {
            var truth = image.Over(System.Numerics.Vector3.One);
            var isCompared = compared.Count < ComparedViews && (compared.Count == 0 || (truth.Height, truth.Width) == (compared[0].Truth.Height, compared[0].Truth.Width));
            var images = run.RenderImages(image.Camera, image.Height, image.Width, normals: isCompared);
            var rendering = Picture.Of(images, 0);
            var file = Path.Combine(testFolder, name);
            ImageFile.SavePng(file, rendering);
            files.Add(file);
            ratios.Add(Math.Min(rendering.Psnr(truth), LargestPsnr));
            if (isCompared)
                compared.Add((truth, images));
        }

        SaveGrid("comparison.png", compared.Select(pair => pair.Truth).Concat(compared.Select(pair => Picture.Of(pair.Rendering, 0))));
        SaveGrid("depth.png", compared.Select(pair => SurfacePictures.Depth(pair.Rendering, 0)));
        if (compared.All(pair => pair.Rendering.Normals is not null))
            SaveGrid("normal.png", compared.Select(pair => SurfacePictures.Normals(pair.Rendering, 0)));
        foreach (var old in AssetExport.FileNames)
            File.Delete(Path.Combine(folder, old));
        var (model, warning) = AssetExport.Save(run.ExtractAsset, options.Asset, Path.Combine(folder, AssetExport.FileName(options.Format)), "reconstruction");
        warning = run.Warning ?? warning;
        var summary = new
        {
            Psnr = ratios.Average(),
            TestImages = dataset.Test.Select((image, i) => new { image.Name, Psnr = ratios[i] }),
            TrainingImages = dataset.Training.Count,
            Steps = run.StepsDone,
            Seconds = Math.Round(clock.Elapsed.TotalSeconds, 1),
            Center = new[] { run.Bounds.Center.X, run.Bounds.Center.Y, run.Bounds.Center.Z },
            run.Bounds.Radius,
            options.Seed,
            Cancelled = cancelled,
            Warning = warning,
        };
        AtomicFile.Write(Path.Combine(folder, "reconstruction.json"), stream => JsonSerializer.Serialize(stream, summary, Json));
        return new ReconstructionResult(folder, run.StepsDone, ratios.Average(), model, files, cancelled, warning);

        void SaveGrid(string name, IEnumerable<Picture> pictures) =>
            ImageFile.SavePng(Path.Combine(folder, name), new PictureGrid([.. pictures]) { Columns = compared.Count });
    }

    /// <summary>A PNG's name for each image: its own, or its path with underscores where two of them would be alike.</summary>
    private static IEnumerable<string> FileNames(IReadOnlyList<PosedImage> images)
    {
        var names = images.Select(image => Path.GetFileNameWithoutExtension(image.Name)).ToArray();
        var areDistinct = names.Distinct(StringComparer.OrdinalIgnoreCase).Count() == names.Length;
        return images.Select((image, i) => areDistinct ? $"{names[i]}.png" : $"{i:D4}_{names[i]}.png");
    }
}
