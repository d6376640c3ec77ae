namespace DreamTime.Renderers;

/// <summary>
/// Rendered views, as planes of numbers in row-major order. Colours are display values (sRGB) in 0..1.
/// </summary>
public sealed class Images
{
    /// <summary>Black, fully transparent views.</summary>
    /// <param name="views">At least 1.</param>
    /// <param name="height">At least 1.</param>
    /// <param name="width">At least 1.</param>
    /// <param name="normals">Whether there are <see cref="Normals"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    /// <exception cref="OverflowException">There would be more than 2^31 - 1 numbers.</exception>
    public Images(int views, int height, int width, bool normals = false)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(views, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        (Views, Height, Width) = (views, height, width);
        Color = new float[checked(views * 3 * height * width)];
        Opacity = new float[views * height * width];
        Depth = new float[views * height * width];
        Normals = normals ? new float[Color.Length] : null;
    }

    /// <summary>How many views.</summary>
    public int Views { get; }

    /// <summary>Rows of each view.</summary>
    public int Height { get; }

    /// <summary>Columns of each view.</summary>
    public int Width { get; }

    /// <summary>Colour over the background, [views, 3, height, width], 0..1.</summary>
    public float[] Color { get; }

    /// <summary>How much of the ray the object takes, [views, height, width], 0..1.</summary>
    public float[] Opacity { get; }

    /// <summary>
    /// Sum of weight times distance along the ray, [views, height, width], in world units; not divided by the opacity, so 0 where nothing is.
    /// </summary>
    public float[] Depth { get; }

    /// <summary>
    /// Sum of weight times unit normal, [views, 3, height, width], in the world's axes, pointing outside; not divided by the opacity, so 0 where nothing is. Null where
    /// <see cref="RenderSettings.Normals"/> did not ask for it.
    /// </summary>
    public float[]? Normals { get; }

    /// <summary>The colour planes [3, height, width] of one view.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such view.</exception>
    public ReadOnlySpan<float> ColorOf(int view)
    {
        if ((uint)view >= (uint)Views)
            throw new ArgumentOutOfRangeException(nameof(view), view, $"There are {Views} views, numbered from 0.");

        return Color.AsSpan(view * 3 * Height * Width, 3 * Height * Width);
    }
}
