using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DreamTime.Renderers;

/// <summary>Composites the Gaussians of one tile, nearest first, eight pixels at a time.</summary>
internal static class SplatRasteriser
{
    private const int Side = SplatTiles.Side, Vectors = Side * Side / 8;

    /// <summary>Fills a tile of one view.</summary>
    /// <param name="projected">What the view sees of each Gaussian.</param>
    /// <param name="tiles">Of the view.</param>
    /// <param name="tile">Row by row.</param>
    /// <param name="background">Display values.</param>
    /// <param name="images">Receive colour, opacity and depth.</param>
    /// <param name="view">Which of the images.</param>
    public static void Forward(ProjectedSplats projected, SplatTiles tiles, int tile, Vector3 background, Images images, int view)
    {
        Span<Vector256<float>> sums = stackalloc Vector256<float>[5 * Vectors];
        sums.Clear();
        var transmittance = sums[..Vectors];
        transmittance.Fill(Vector256<float>.One);
        var (left, top) = (tile % tiles.Columns * Side, tile / tiles.Columns * Side);
        foreach (var instance in tiles.InstancesOf(tile))
        {
            var gaussian = tiles.GaussianOf[instance];
            var row = projected.Values.AsSpan(ProjectedSplats.Width * gaussian, ProjectedSplats.Width);
            var touched = false;
            foreach (var vector in new SplatSpan(projected.Bounds[gaussian], left, top))
            {
                var through = transmittance[vector];
                var pixels = new SplatPixels(row, left + vector % 2 * 8, top + vector / 2 + 0.5f - row[ProjectedSplats.Y], through);
                if (pixels.Drawn.AsInt32() == Vector256<int>.Zero)
                    continue;

                touched = true;
                var weight = pixels.Alpha * through;
                for (var channel = 0; channel < 4; channel++)
                    sums[(channel + 1) * Vectors + vector] += weight * row[ProjectedSplats.Red + channel];
                transmittance[vector] = through - weight;
            }

            if (touched && IsFinished(transmittance))
                break;
        }

        Store(sums, background, images, view, left, top);
    }

    /// <summary>
    /// Gives each instance of a tile its gradient, [instances, <see cref="ProjectedSplats.Width"/>]. Goes the same way as <see cref="Forward"/>: what lies behind a Gaussian is the
    /// whole, which the image knows, less what has passed.
    /// </summary>
    public static void Backward(
        ProjectedSplats projected, SplatTiles tiles, int tile, Images images, int view, ImageGradients gradients, float[] instanceGradients)
    {
        Span<Vector256<float>> planes = stackalloc Vector256<float>[7 * Vectors];
        var (left, top) = (tile % tiles.Columns * Side, tile / tiles.Columns * Side);
        SplatTileGradients.Load(images, view, gradients, left, top, planes);
        var transmittance = planes[..Vectors];
        var behind = planes[Vectors..(2 * Vectors)];
        transmittance.Fill(Vector256<float>.One);
        foreach (var instance in tiles.InstancesOf(tile))
        {
            var gaussian = tiles.GaussianOf[instance];
            var row = projected.Values.AsSpan(ProjectedSplats.Width * gaussian, ProjectedSplats.Width);
            var sum = new SplatGradientSum();
            foreach (var vector in new SplatSpan(projected.Bounds[gaussian], left, top))
            {
                var through = transmittance[vector];
                var dy = top + vector / 2 + 0.5f - row[ProjectedSplats.Y];
                var pixels = new SplatPixels(row, left + vector % 2 * 8, dy, through);
                if (pixels.Drawn.AsInt32() == Vector256<int>.Zero)
                    continue;

                var weight = pixels.Alpha * through;
                var value = Vector256<float>.Zero;
                for (var channel = 0; channel < 4; channel++)
                {
                    var slope = planes[(2 + channel) * Vectors + vector];
                    value += slope * row[ProjectedSplats.Red + channel];
                    sum.Add(channel, weight * slope);
                }

                behind[vector] -= weight * value;
                // What is behind, the background and the wish for opacity included, is seen through 1 - alpha.
                var alphaGradient = through * value - behind[vector] / (Vector256<float>.One - pixels.Alpha);
                sum.AddShape(pixels, dy, alphaGradient & pixels.Drawn & ~pixels.Limited);
                transmittance[vector] = through - weight;
            }

            sum.Store(row, instanceGradients.AsSpan(ProjectedSplats.Width * instance, ProjectedSplats.Width));
            if (IsFinished(transmittance))
                break;
        }
    }

    private static bool IsFinished(ReadOnlySpan<Vector256<float>> transmittance)
    {
        foreach (var through in transmittance)
            if (Vector256.GreaterThanOrEqualAny(through, Vector256.Create(SplatPixels.Opaque)))
                return false;
        return true;
    }

    private static void Store(ReadOnlySpan<Vector256<float>> sums, Vector3 background, Images images, int view, int left, int top)
    {
        var numbers = MemoryMarshal.Cast<Vector256<float>, float>(sums);
        var plane = images.Height * images.Width;
        for (var y = 0; y < Math.Min(Side, images.Height - top); y++)
            for (var x = 0; x < Math.Min(Side, images.Width - left); x++)
            {
                var (from, to) = (y * Side + x, (top + y) * images.Width + left + x);
                var through = numbers[from];
                for (var channel = 0; channel < 3; channel++)
                    images.Color[(3 * view + channel) * plane + to] = numbers[(channel + 1) * Side * Side + from] + through * background[channel];
                images.Opacity[view * plane + to] = 1 - through;
                images.Depth[view * plane + to] = numbers[4 * Side * Side + from];
            }
    }
}
