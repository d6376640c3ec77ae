using System.Numerics;
using DreamTime.Renderers;

namespace DreamTime;

/// <summary>A photograph or rendering, and the camera that took it.</summary>
public sealed class PosedImage
{
    private readonly byte[] _rgba;

    /// <summary>An image with its camera.</summary>
    /// <param name="name">What it is called: its path within the dataset.</param>
    /// <param name="camera">Where it was taken from.</param>
    /// <param name="rgba">[height, width, 4]: red, green, blue, not multiplied by the alpha, and alpha, 0..255 each; kept, not copied.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="width">Columns, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    /// <exception cref="ArgumentException">There is another number of values.</exception>
    public PosedImage(string name, Camera camera, byte[] rgba, int height, int width)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(rgba);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        if (rgba.Length != 4L * height * width)
            throw new ArgumentException($"An image of {height} x {width} x 4 has {4L * height * width} values, not {rgba.Length}.", nameof(rgba));

        (Name, Camera, _rgba, Height, Width) = (name, camera, rgba, height, width);
        for (var i = 3; i < rgba.Length && !HasTransparency; i += 4)
            HasTransparency = rgba[i] < 255;
    }

    /// <summary>What the image is called.</summary>
    public string Name { get; }

    /// <summary>Where it was taken from.</summary>
    public Camera Camera { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Whether a pixel lets the background through.</summary>
    public bool HasTransparency { get; }

    /// <summary>A pixel's display colour over a background.</summary>
    /// <param name="x">The column.</param>
    /// <param name="y">The row.</param>
    /// <param name="background">Display values 0..1.</param>
    public Vector3 At(int x, int y, Vector3 background)
    {
        var at = 4 * (y * Width + x);
        var alpha = _rgba[at + 3] / 255f;
        return alpha / 255 * new Vector3(_rgba[at], _rgba[at + 1], _rgba[at + 2]) + (1 - alpha) * background;
    }

    /// <summary>All of it over a background.</summary>
    /// <param name="background">Display values 0..1.</param>
    public Picture Over(Vector3 background)
    {
        var (plane, color) = (Height * Width, new float[3 * Height * Width]);
        for (var pixel = 0; pixel < plane; pixel++)
        {
            var value = At(pixel % Width, pixel / Width, background);
            (color[pixel], color[plane + pixel], color[2 * plane + pixel]) = (value.X, value.Y, value.Z);
        }
        return new Picture(color, Height, Width);
    }

    /// <summary>Whether a pixel shows the object: it is not transparent, or, where nothing is transparent, it lies in the rectangle around all that is not white.</summary>
    internal bool[] Foreground()
    {
        var shows = new bool[Height * Width];
        for (var pixel = 0; pixel < shows.Length; pixel++)
        {
            var at = 4 * pixel;
            shows[pixel] = HasTransparency ? _rgba[at + 3] >= 8 : Math.Min(_rgba[at], Math.Min(_rgba[at + 1], _rgba[at + 2])) < 250;
        }
        if (HasTransparency)
            return shows;

        // White within the object is not to be taken for a hole in it.
        var columns = Enumerable.Range(0, Width).Where(x => Enumerable.Range(0, Height).Any(y => shows[y * Width + x])).ToArray();
        var rows = Enumerable.Range(0, Height).Where(y => shows.AsSpan(y * Width, Width).Contains(true)).ToArray();
        for (var pixel = 0; pixel < shows.Length && rows.Length > 0; pixel++)
            shows[pixel] = pixel % Width >= columns[0] && pixel % Width <= columns[^1] && pixel / Width >= rows[0] && pixel / Width <= rows[^1];
        return shows;
    }
}
