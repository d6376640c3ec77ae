using DreamTime.Diffusion;
using DreamTime.Renderers;
using SkiaSharp;
using TorchSharp;

namespace DreamTime.Training;

/// <summary>Labelled samples of a prior, side by side.</summary>
/// <param name="Images">Display values [count, 3, size, size] in 0..1.</param>
/// <param name="Labels">One an image.</param>
/// <param name="Size">Height and width of an image.</param>
public sealed record SampleSheet(float[] Images, IReadOnlyList<string> Labels, int Size)
{
    private const int BatchSize = 10;
    private const int Zoom = 4;
    private const int Gap = 4;
    private const int LabelHeight = 26;
    private const int LabelLetters = 23;

    /// <summary>What is drawn during training: the objects, two-coloured ones, views, two never-trained rows.</summary>
    public static IReadOnlyList<string> TrainingPrompts { get; } =
    [
        "a red sphere", "a blue cube, view 0 15", "a green cone", "a yellow torus", "a red mushroom", "a brown table", "a snowman", "a red mushroom with a white stem",
        "a white rocket with red fins", "a white house with a red roof", "a snowman with a red hat", "a blue car with black wheels", "a green mug",
        "a blue chair", "a green tree with a brown trunk", "a grey hammer with a brown handle",
        "a yellow duck, side view", "a brown bear, front view", "a brown bear, view 180 0", "a red airplane with white wings", "a blue boat with a white sail",
        "an orange fish", "a green cactus with an orange pot", "a black hat with a red band",
        "a purple sphere", "an orange cube, view 45 30", "a blue mushroom", "a yellow chair", "an orange mug", "a green rocket", "a purple car", "a pink snowman",
        "a red sphere on a blue cube", "a yellow lamp with a purple base", "a green bottle with a red cap", "a purple pyramid", "a pink capsule", "a blue cube, view 30 45",
        "a shiny red qwzx mug", "",
    ];

    /// <summary>Samples one image a prompt: DDIM, 25 steps, guidance 4.</summary>
    /// <param name="prior">The prior.</param>
    /// <param name="prompts">What to draw.</param>
    /// <param name="seed">The first image's seed; each image has its own.</param>
    /// <param name="guidance">Guidance scale.</param>
    /// <param name="cancellation">Asked between steps.</param>
    public static SampleSheet Draw(Prior prior, IReadOnlyList<string> prompts, long seed, double guidance = 4, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(prior);
        ArgumentNullException.ThrowIfNull(prompts);
        var pixels = 3 * prior.ImageSize * prior.ImageSize;
        var images = new float[prompts.Count * pixels];
        for (var first = 0; first < prompts.Count; first += BatchSize)
        {
            using var scope = torch.NewDisposeScope();
            var some = prompts.Skip(first).Take(BatchSize).ToArray();
            var options = new SampleOptions { Steps = 25, GuidanceScale = guidance, Seed = seed + first };
            new TextToImage(prior).Sample(some, options, cancellation: cancellation).data<float>().CopyTo(images.AsSpan(first * pixels, some.Length * pixels));
        }
        return new(images, [.. prompts], prior.ImageSize);
    }

    /// <summary>Sheets of images of one size as one sheet.</summary>
    public static SampleSheet Join(IReadOnlyList<SampleSheet> sheets)
    {
        ArgumentNullException.ThrowIfNull(sheets);
        return new([.. sheets.SelectMany(sheet => sheet.Images)], [.. sheets.SelectMany(sheet => sheet.Labels)], sheets[0].Size);
    }

    /// <summary>Writes the sheet as a PNG, each pixel enlarged.</summary>
    public void Save(string path, int columns = 8)
    {
        var side = Size * Zoom;
        var rows = (Labels.Count + columns - 1) / columns;
        using var surface = new SKBitmap(new SKImageInfo(columns * (side + Gap), rows * (side + LabelHeight + Gap), SKColorType.Rgba8888, SKAlphaType.Opaque));
        using var canvas = new SKCanvas(surface);
        using var font = new SKFont(SKTypeface.Default, 10);
        using var ink = new SKPaint { Color = SKColors.Black, IsAntialias = true };
        canvas.Clear(SKColors.White);
        for (var i = 0; i < Labels.Count; i++)
        {
            var (left, top) = (i % columns * (side + Gap), i / columns * (side + LabelHeight + Gap));
            using var bitmap = Bitmap(i);
            using var image = SKImage.FromBitmap(bitmap);
            canvas.DrawImage(image, new SKRect(left, top, left + side, top + side), new SKSamplingOptions(SKFilterMode.Nearest));
            foreach (var (line, text) in Lines(Labels[i]).Index())
                canvas.DrawText(text, left, top + side + 11 + 12 * line, font, ink);
        }
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        AtomicFile.Write(path, stream => surface.Encode(stream, SKEncodedImageFormat.Png, 100));
    }

    private static IEnumerable<string> Lines(string label)
    {
        if (label.Length <= LabelLetters)
            return [label];
        var cut = label.LastIndexOf(' ', LabelLetters);
        return cut < 0 ? [label] : [label[..cut], label[(cut + 1)..]];
    }

    private SKBitmap Bitmap(int index)
    {
        var plane = Size * Size;
        var bitmap = new SKBitmap(new SKImageInfo(Size, Size, SKColorType.Rgba8888, SKAlphaType.Opaque));
        for (var pixel = 0; pixel < plane; pixel++)
            bitmap.SetPixel(pixel % Size, pixel / Size, new SKColor(Byte(pixel, 0), Byte(pixel, 1), Byte(pixel, 2)));
        return bitmap;

        byte Byte(int pixel, int channel) => (byte)Math.Clamp(MathF.Round(255 * Images[(3 * index + channel) * plane + pixel]), 0, 255);
    }
}
