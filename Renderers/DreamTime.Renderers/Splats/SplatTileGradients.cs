using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DreamTime.Renderers;

/// <summary>A tile's share of the image's gradient, as the backward pass reads it.</summary>
internal static class SplatTileGradients
{
    private const int Side = SplatTiles.Side, Pixels = Side * Side;

    /// <summary>
    /// Planes of the tile: 0 is left for the transmittance; 1 what the whole ray is worth, its colour and depth times their gradients less what it lets through times
    /// that of the opacity; 2 to 5 the gradients of red, green, blue and depth. Pixels outside the image are 0.
    /// </summary>
    public static void Load(Images images, int view, ImageGradients gradients, int left, int top, Span<Vector256<float>> planes)
    {
        planes.Clear();
        var numbers = MemoryMarshal.Cast<Vector256<float>, float>(planes);
        var plane = images.Height * images.Width;
        for (var y = 0; y < Math.Min(Side, images.Height - top); y++)
            for (var x = 0; x < Math.Min(Side, images.Width - left); x++)
            {
                var (to, from) = (y * Side + x, (top + y) * images.Width + left + x);
                var depth = gradients.Depth?[view * plane + from] ?? 0;
                var worth = depth * images.Depth[view * plane + from]
                    - (gradients.Opacity?[view * plane + from] ?? 0) * (1 - images.Opacity[view * plane + from]);
                for (var channel = 0; channel < 3; channel++)
                {
                    var at = (3 * view + channel) * plane + from;
                    var slope = gradients.Color?[at] ?? 0;
                    numbers[(2 + channel) * Pixels + to] = slope;
                    worth += slope * images.Color[at];
                }

                numbers[5 * Pixels + to] = depth;
                numbers[Pixels + to] = worth;
            }
    }
}
