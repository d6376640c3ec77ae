namespace DreamTime.Renderers;

/// <summary>
/// Images are rendered with one more pixel on every side: a silhouette that lies between the first pixel and the one before it is part of the first pixel, so a crop is that
/// part of the image.
/// </summary>
internal static class ImageMargin
{
    /// <summary>Pixels on each side.</summary>
    public const int Width = 1;

    /// <summary>Room for images of a size and their margin.</summary>
    public static Images Around(int views, int height, int width, bool normals) => new(views, height + 2 * Width, width + 2 * Width, normals);

    /// <summary>The images without their margin.</summary>
    public static Images Cut(Images wide)
    {
        var images = new Images(wide.Views, wide.Height - 2 * Width, wide.Width - 2 * Width, wide.Normals is not null);
        ForEachRow(images, 3 * images.Views, (row, wideRow) => wide.Color.AsSpan(wideRow, images.Width).CopyTo(images.Color.AsSpan(row)));
        ForEachRow(images, images.Views, (row, wideRow) => wide.Opacity.AsSpan(wideRow, images.Width).CopyTo(images.Opacity.AsSpan(row)));
        ForEachRow(images, images.Views, (row, wideRow) => wide.Depth.AsSpan(wideRow, images.Width).CopyTo(images.Depth.AsSpan(row)));
        if (wide.Normals is not null)
            ForEachRow(images, 3 * images.Views, (row, wideRow) => wide.Normals.AsSpan(wideRow, images.Width).CopyTo(images.Normals.AsSpan(row)));
        return images;
    }

    /// <summary>One view's gradients with a margin of zeros; zeros where there are none.</summary>
    public static ViewPlanes Around(ImageGradients gradients, Images images, int view)
    {
        var pixels = (images.Height + 2 * Width) * (images.Width + 2 * Width);
        return new ViewPlanes(Copy(gradients.Color, 3), Copy(gradients.Opacity, 1), Copy(gradients.Depth, 1), images.Normals is null ? null : Copy(gradients.Normals, 3), 0, pixels);

        float[] Copy(float[]? all, int channels)
        {
            var wide = new float[channels * pixels];
            var first = view * channels * images.Height * images.Width;
            if (all is not null)
                ForEachRow(images, channels, (row, wideRow) => all.AsSpan(first + row, images.Width).CopyTo(wide.AsSpan(wideRow)));
            return wide;
        }
    }

    /// <summary>Tells where each row of some planes begins, without and with the margin.</summary>
    private static void ForEachRow(Images images, int planes, Action<int, int> body)
    {
        for (var plane = 0; plane < planes; plane++)
            for (var y = 0; y < images.Height; y++)
                body((plane * images.Height + y) * images.Width, (plane * (images.Height + 2 * Width) + y + Width) * (images.Width + 2 * Width) + Width);
    }
}
