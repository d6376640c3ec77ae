namespace DreamTime.Renderers;

/// <summary>The shape that rendered views show, as pictures.</summary>
public static class SurfacePictures
{
    /// <summary>A view's normals: each axis of the world from -1 to 1 as red, green, blue from 0 to 1, so that grey is nothing.</summary>
    /// <param name="images">Rendered with <see cref="RenderSettings.Normals"/>.</param>
    /// <param name="view">Which view.</param>
    /// <exception cref="ArgumentException">The images have no normals.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such view.</exception>
    public static Picture Normals(Images images, int view)
    {
        ArgumentNullException.ThrowIfNull(images);
        var normals = images.Normals ?? throw new ArgumentException("The images have no normals: RenderSettings.Normals asks for them.", nameof(images));
        Demand(images, view);
        var plane = 3 * images.Height * images.Width;
        return new Picture([.. normals.AsSpan(view * plane, plane).ToArray().Select(n => (n + 1) / 2)], images.Height, images.Width);
    }

    /// <summary>
    /// A view's distances, from white at the nearest place where the object takes more than half of the ray to a dark grey at the farthest; black is nothing. A view without such a
    /// place is black.
    /// </summary>
    /// <param name="images">Rendered views.</param>
    /// <param name="view">Which view.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such view.</exception>
    public static Picture Depth(Images images, int view)
    {
        ArgumentNullException.ThrowIfNull(images);
        Demand(images, view);
        var plane = images.Height * images.Width;
        var (opacity, depth) = (images.Opacity.AsMemory(view * plane, plane), images.Depth.AsMemory(view * plane, plane));
        float Distance(int pixel) => depth.Span[pixel] / opacity.Span[pixel];

        var solid = Enumerable.Range(0, plane).Where(pixel => opacity.Span[pixel] > 0.5f).Select(Distance).DefaultIfEmpty(1).ToArray();
        var (near, far) = (solid.Min(), solid.Max());
        var color = new float[3 * plane];
        for (var pixel = 0; pixel < plane; pixel++)
        {
            if (opacity.Span[pixel] <= 0.5f)
                continue;

            var share = far > near ? (Distance(pixel) - near) / (far - near) : 0;
            for (var channel = 0; channel < 3; channel++)
                color[channel * plane + pixel] = 1 - 0.8f * share;
        }

        return new Picture(color, images.Height, images.Width);
    }

    private static void Demand(Images images, int view)
    {
        if ((uint)view >= (uint)images.Views)
            throw new ArgumentOutOfRangeException(nameof(view), view, $"There are {images.Views} views, numbered from 0.");
    }
}
