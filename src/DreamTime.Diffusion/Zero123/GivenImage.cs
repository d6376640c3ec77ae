using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>A picture of any size with an alpha channel, made ready for <see cref="ImageToView"/>.</summary>
public static class GivenImage
{
    private const int Channels = 4;

    /// <summary>
    /// Pads with nothing to a square, brings to the size by the mean over each new pixel's area (OpenCV's INTER_AREA, as threestudio does; bilinearly where it grows), and lays it on
    /// white. Colours are averaged as they are stored, not weighted by their alpha, again as threestudio does.
    /// </summary>
    /// <param name="rgba">Four bytes a pixel, row by row, alpha straight.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Pixels of a row.</param>
    /// <param name="size">Side of the square that comes out, pixels.</param>
    /// <returns>[1, 3, size, size] in -1..1, float32, owned by the caller.</returns>
    /// <exception cref="ArgumentException">There are not four bytes for each pixel, or a size is not positive.</exception>
    public static Tensor OnWhite(byte[] rgba, int height, int width, int size)
    {
        ArgumentNullException.ThrowIfNull(rgba);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(size);
        if (rgba.LongLength != (long)Channels * height * width)
            throw new ArgumentException($"rgba has {rgba.LongLength} bytes, and a picture of {height} x {width} pixels has {(long)Channels * height * width}.", nameof(rgba));
        NativeLibtorch.Load();
        using var scope = NewDisposeScope();
        var pixels = tensor(rgba).reshape(height, width, Channels).permute(2, 0, 1).to(ScalarType.Float32).Over(255);
        int side = Math.Max(height, width), left = (side - width) / 2, top = (side - height) / 2;
        pixels = nn.functional.pad(pixels, [left, side - width - left, top, side - height - top]).unsqueeze(0);
        if (side < size)
            pixels = nn.functional.interpolate(pixels, [size, size], mode: InterpolationMode.Bilinear, align_corners: false);
        else if (side > size)
            pixels = Means(size, side).matmul(pixels).matmul(Means(size, side).t());
        var (colour, alpha) = (pixels.narrow(1, 0, 3), pixels.narrow(1, 3, 1));
        var onWhite = (colour * alpha).Plus(alpha.Times(-1).Plus(1));
        return onWhite.Times(2).Minus(1).MoveToOuterDisposeScope();
    }

    /// <summary>The share of each old pixel in each new one, [new, old]: how much of the new one's extent it covers.</summary>
    private static Tensor Means(int to, int from)
    {
        double extent = (double)from / to;
        float[] shares = new float[to * from];
        for (int i = 0; i < to; i++)
        {
            double begin = i * extent, end = (i + 1) * extent;
            for (int k = (int)begin; k < Math.Min(from, Math.Ceiling(end)); k++)
                shares[i * from + k] = (float)(Math.Max(0, Math.Min(end, k + 1) - Math.Max(begin, k)) / extent);
        }
        return tensor(shares).reshape(to, from);
    }
}
