using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>
/// Lays boxes on a square at the largest common scale that fits, with empty texels around each: the tallest first, each as high up as it can, where the
/// skyline of those before leaves room.
/// </summary>
internal static class ChartPacking
{
    private const int Rounds = 24;

    /// <summary>Where each box's corner comes to lie, in texels from the square's.</summary>
    /// <param name="sizes">Widths and heights, all in one unit.</param>
    /// <param name="size">The square's side in texels.</param>
    /// <param name="scale">Texels for one unit.</param>
    /// <exception cref="AtlasTooSmallException">Not even boxes of one texel fit.</exception>
    public static Vector2[] Place(Vector2[] sizes, int size, out float scale)
    {
        var order = Enumerable.Range(0, sizes.Length).OrderByDescending(i => sizes[i].Y).ThenByDescending(i => sizes[i].X).ThenBy(i => i).ToArray();
        // Four texels on every side stay apart in the mipmaps of a 1024 texture down to 256; a crowded small one has to do with one.
        for (var padding = Math.Max(1, size / 256); padding >= 1; padding /= 2)
        {
            if (Skyline(order, sizes, size, padding, 0) is not { } places)
                continue;

            var (low, high) = (0.0, size / Math.Sqrt(Math.Max(sizes.Sum(box => (double)box.X * box.Y), 1e-30)));
            for (var round = 0; round < Rounds; round++)
            {
                var middle = (low + high) / 2;
                if (Skyline(order, sizes, size, padding, middle) is { } better)
                    (low, places) = (middle, better);
                else
                    high = middle;
            }
            scale = (float)low;
            return places;
        }
        throw new AtlasTooSmallException(sizes.Length, size);
    }

    private static Vector2[]? Skyline(int[] order, Vector2[] sizes, int size, int padding, double scale)
    {
        var places = new Vector2[sizes.Length];
        List<(int From, int To, int Height)> skyline = [(0, size, 0)];
        foreach (var i in order)
        {
            // Rounded up, with a little to spare for the single precision of the coordinates.
            var (wide, high) = (Math.Ceiling(sizes[i].X * scale + 0.01) + 2 * padding, Math.Ceiling(sizes[i].Y * scale + 0.01) + 2 * padding);
            if (wide > size || high > size || Lowest(skyline, (int)wide, size) is not { } place || place.Y + high > size)
                return null;

            places[i] = new Vector2(place.X + padding, place.Y + padding);
            Raise(skyline, place.X, place.X + (int)wide, place.Y + (int)high);
        }
        return places;
    }

    /// <summary>Where a box of this width comes to lie nearest to the square's first row, and then to its first column.</summary>
    private static (int X, int Y)? Lowest(List<(int From, int To, int Height)> skyline, int width, int size)
    {
        (int X, int Y)? best = null;
        for (var s = 0; s < skyline.Count && skyline[s].From + width <= size; s++)
        {
            var height = 0;
            for (var below = s; below < skyline.Count && skyline[below].From < skyline[s].From + width; below++)
                height = Math.Max(height, skyline[below].Height);
            if (best is not { } known || height < known.Y)
                best = (skyline[s].From, height);
        }
        return best;
    }

    private static void Raise(List<(int From, int To, int Height)> skyline, int from, int to, int height)
    {
        var at = skyline.FindIndex(step => step.From == from);
        while (at < skyline.Count && skyline[at].To <= to)
            skyline.RemoveAt(at);
        if (at < skyline.Count && skyline[at].From < to)
            skyline[at] = skyline[at] with { From = to };
        skyline.Insert(at, (from, to, height));
    }
}
