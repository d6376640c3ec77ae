namespace DreamTime.Renderers;

/// <summary>One image as planes of display (sRGB) values, as renderers and priors use it and image files hold it.</summary>
public sealed class Picture
{
    /// <summary>A picture from its planes.</summary>
    /// <param name="color">[3, height, width], row-major from the top left: red, then green, then blue; copied.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="width">Columns, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is below 1.</exception>
    /// <exception cref="ArgumentException">The planes have another length than 3 x height x width, or hold a value that is not finite.</exception>
    public Picture(ReadOnlySpan<float> color, int height, int width)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        if (color.Length != 3L * height * width)
            throw new ArgumentException($"A picture of 3 x {height} x {width} has {3L * height * width} values, not {color.Length}.", nameof(color));

        for (var i = 0; i < color.Length; i++)
        {
            if (!float.IsFinite(color[i]))
                throw new ArgumentException(
                    FormattableString.Invariant($"Channel {i / (height * width)}, row {i / width % height}, column {i % width} is {color[i]}, which is not finite."), nameof(color));
        }

        (Color, Height, Width) = (color.ToArray(), height, width);
    }

    /// <summary>The planes [3, height, width]. Values outside 0..1 are shown as the nearer end.</summary>
    public float[] Color { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>One view of rendered images.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such view.</exception>
    public static Picture Of(Images images, int view) => new(images.ColorOf(view), images.Height, images.Width);

    /// <summary>
    /// The peak signal-to-noise ratio -10 log10(mean of the squared differences over pixels and channels) against a picture that is right, in dB; values count
    /// as they are shown, within 0..1. Positive infinity for equal pictures.
    /// </summary>
    /// <exception cref="ArgumentException">The other picture has another size.</exception>
    public double Psnr(Picture truth)
    {
        ArgumentNullException.ThrowIfNull(truth);
        if ((truth.Height, truth.Width) != (Height, Width))
            throw new ArgumentException($"A picture of {Width} x {Height} is compared with one of {truth.Width} x {truth.Height}.", nameof(truth));

        var squares = 0.0;
        for (var i = 0; i < Color.Length; i++)
        {
            var difference = Math.Clamp(Color[i], 0, 1) - (double)Math.Clamp(truth.Color[i], 0, 1);
            squares += difference * difference;
        }
        return -10 * Math.Log10(squares / Color.Length);
    }

    /// <summary>The picture magnified, every pixel a square block of equal pixels.</summary>
    /// <param name="factor">The block's side, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The factor is below 1.</exception>
    public Picture Magnified(int factor)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(factor, 1);
        var (height, width) = (checked(Height * factor), checked(Width * factor));
        var color = new float[checked(3 * height * width)];
        for (var i = 0; i < color.Length; i++)
            color[i] = Color[(i / (height * width) * Height + i / width % height / factor) * Width + i % width / factor];
        return new Picture(color, height, width);
    }

    /// <summary>Rounded to 8 bits, [height, width, 4]: red, green, blue and an opaque alpha.</summary>
    internal byte[] ToRgba()
    {
        var plane = Height * Width;
        var rgba = new byte[4 * plane];
        for (var pixel = 0; pixel < plane; pixel++)
        {
            for (var channel = 0; channel < 3; channel++)
                rgba[4 * pixel + channel] = (byte)MathF.Round(255 * Math.Clamp(Color[channel * plane + pixel], 0, 1));
            rgba[4 * pixel + 3] = 255;
        }
        return rgba;
    }
}
