namespace DreamTime.Renderers;

/// <summary>
/// Losses on neighbouring pixels of rendered views, whatever renderer they come from; each is 0 (absent) or the weight of the mean, over the pixels and their right and lower
/// neighbours in the same view, of the squared difference.
/// </summary>
public sealed record ImageRegularizers
{
    /// <summary>None.</summary>
    public static ImageRegularizers None { get; } = new();

    /// <summary>Of the composited normals: surfaces without bumps (threestudio's normal smoothness; Liu et al. 2023 use it in Zero-1-to-3's 3D stage). It needs normals.</summary>
    public float NormalSmoothness { get; init; }

    /// <summary>Of the depth, in world units: few steps (Niemeyer et al. 2022, RegNeRF, eq. 7, of the depth that is not divided by the opacity).</summary>
    public float DepthSmoothness { get; init; }

    /// <summary>Of the colours: the squared total variation (after Rudin, Osher and Fatemi 1992).</summary>
    public float TotalVariation { get; init; }

    /// <summary>Whether the views must have normals.</summary>
    public bool UsesNormals => NormalSmoothness != 0;

    /// <summary>The sum of the losses.</summary>
    /// <exception cref="ArgumentException">A loss needs normals, and the images have none.</exception>
    public double Loss(Images images)
    {
        ArgumentNullException.ThrowIfNull(images);
        return NormalSmoothness * Difference(NormalsOf(images), images, 3) + DepthSmoothness * Difference(images.Depth, images, 1)
            + TotalVariation * Difference(images.Color, images, 3);
    }

    /// <summary>Adds the losses' gradients to those of a guidance.</summary>
    /// <exception cref="ArgumentException">A loss needs normals, and the images have none.</exception>
    public ImageGradients AddTo(ImageGradients gradients, Images images)
    {
        ArgumentNullException.ThrowIfNull(gradients);
        ArgumentNullException.ThrowIfNull(images);
        return gradients with
        {
            Normals = Sum(gradients.Normals, NormalsOf(images), images, 3, NormalSmoothness),
            Depth = Sum(gradients.Depth, images.Depth, images, 1, DepthSmoothness),
            Color = Sum(gradients.Color, images.Color, images, 3, TotalVariation),
        };
    }

    private float[] NormalsOf(Images images) => NormalSmoothness == 0
        ? []
        : images.Normals ?? throw new ArgumentException("The normals' smoothness needs RenderSettings.Normals.", nameof(images));

    private static double Difference(float[] planes, Images images, int channels)
    {
        var sum = 0.0;
        Visit(planes, images, (here, there) => sum += ((double)planes[here] - planes[there]) * (planes[here] - planes[there]));
        return sum / (channels * images.Opacity.Length);
    }

    private static float[]? Sum(float[]? gradient, float[] planes, Images images, int channels, float weight)
    {
        if (weight == 0)
            return gradient;

        var sum = gradient?.ToArray() ?? new float[planes.Length];
        var scale = 2 * weight / (channels * images.Opacity.Length);
        Visit(planes, images, (here, there) =>
        {
            var slope = scale * (planes[here] - planes[there]);
            (sum[here], sum[there]) = (sum[here] + slope, sum[there] - slope);
        });
        return sum;
    }

    private static void Visit(float[] planes, Images images, Action<int, int> pair)
    {
        for (var i = 0; i < planes.Length; i++)
        {
            if (i % images.Width + 1 < images.Width)
                pair(i, i + 1);
            if (i / images.Width % images.Height + 1 < images.Height)
                pair(i, i + images.Width);
        }
    }
}
