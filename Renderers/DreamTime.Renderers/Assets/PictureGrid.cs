using SkiaSharp;

namespace DreamTime.Renderers;

/// <summary>Pictures of one size, laid out in rows with a label under each: how views, steps or schedules are compared at a glance.</summary>
public sealed class PictureGrid
{
    private const int Gap = 6;
    private const int LabelHeight = 20;
    private const int SmallestCell = 128;

    private readonly IReadOnlyList<Picture> pictures;
    private readonly IReadOnlyList<string> labels;

    /// <summary>A grid of pictures in reading order.</summary>
    /// <param name="pictures">At least one, all of the same size.</param>
    /// <param name="labels">As many as pictures, or none.</param>
    /// <exception cref="ArgumentException">There is no picture, sizes differ, or there is another number of labels.</exception>
    public PictureGrid(IReadOnlyList<Picture> pictures, params IReadOnlyList<string> labels)
    {
        if (pictures.Count == 0)
            throw new ArgumentException("A grid has at least one picture.", nameof(pictures));
        if (labels.Count != 0 && labels.Count != pictures.Count)
            throw new ArgumentException($"{pictures.Count} pictures have as many labels or none, not {labels.Count}.", nameof(labels));
        if (pictures.FirstOrDefault(picture => (picture.Height, picture.Width) != (pictures[0].Height, pictures[0].Width)) is { } other)
            throw new ArgumentException(
                $"A grid's pictures have one size; one of {other.Width} x {other.Height} stands beside one of {pictures[0].Width} x {pictures[0].Height}.", nameof(pictures));

        (this.pictures, this.labels) = (pictures, labels);
        Columns = (int)Math.Ceiling(Math.Sqrt(pictures.Count));
    }

    /// <summary>Pictures in a row; as many as make the grid about square unless set.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Below 1.</exception>
    public int Columns
    {
        get;
        init => field = value >= 1 ? value : throw new ArgumentOutOfRangeException(nameof(Columns), value, "A row has at least one picture.");
    }

    /// <summary>Draws the grid on white; small pictures are magnified by a whole number, so that single pixels stay visible.</summary>
    internal SKBitmap Draw()
    {
        var factor = Math.Max(1, SmallestCell / Math.Max(pictures[0].Width, pictures[0].Height));
        var (width, height) = (pictures[0].Width * factor, pictures[0].Height * factor);
        var (stepX, stepY) = (width + Gap, height + Gap + (labels.Count == 0 ? 0 : LabelHeight));
        var columns = Math.Min(Columns, pictures.Count);
        var rows = (pictures.Count + columns - 1) / columns;

        var bitmap = new SKBitmap(new SKImageInfo(Gap + columns * stepX, Gap + rows * stepY, SKColorType.Rgba8888, SKAlphaType.Opaque, SKColorSpace.CreateSrgb()));
        using var canvas = new SKCanvas(bitmap);
        using var font = new SKFont(SKTypeface.Default, 12);
        using var ink = new SKPaint { Color = SKColors.Black, IsAntialias = true };
        canvas.Clear(SKColors.White);
        for (var i = 0; i < pictures.Count; i++)
        {
            var (x, y) = (Gap + i % columns * stepX, Gap + i / columns * stepY);
            using var picture = ImageFile.ToBitmap(pictures[i].Magnified(factor));
            canvas.DrawBitmap(picture, x, y);
            if (labels.Count == 0)
                continue;

            canvas.Save();
            canvas.ClipRect(SKRect.Create(x, y + height, width, LabelHeight));
            canvas.DrawText(labels[i], x, y + height + 14, font, ink);
            canvas.Restore();
        }
        return bitmap;
    }
}
