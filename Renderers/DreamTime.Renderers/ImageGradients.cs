namespace DreamTime.Renderers;

/// <summary>
/// The gradient of a loss with respect to rendered views: what a guidance hands back to the renderer. An absent part is zero.
/// </summary>
public sealed record ImageGradients
{
    /// <summary>dL/dColor, shaped like <see cref="Images.Color"/>, or null.</summary>
    public float[]? Color { get; init; }

    /// <summary>dL/dOpacity, shaped like <see cref="Images.Opacity"/>, or null.</summary>
    public float[]? Opacity { get; init; }

    /// <summary>dL/dDepth, shaped like <see cref="Images.Depth"/>, or null.</summary>
    public float[]? Depth { get; init; }

    /// <summary>dL/dNormals, shaped like <see cref="Images.Normals"/>, or null.</summary>
    public float[]? Normals { get; init; }

    /// <summary>Checks that the parts fit the images and hold only finite numbers.</summary>
    /// <exception cref="ArgumentException">A part has another length than the image's, or is of normals that were not rendered; the message says so.</exception>
    /// <exception cref="NotFiniteNumberException">A NaN or infinity; the message says in which part, view, channel, row and column.</exception>
    public void Validate(Images images)
    {
        Validate(nameof(Color), Color, images.Color.Length, 3, images);
        Validate(nameof(Opacity), Opacity, images.Opacity.Length, 1, images);
        Validate(nameof(Depth), Depth, images.Depth.Length, 1, images);
        if (Normals is not null && images.Normals is null)
            throw new ArgumentException("There is a gradient of normals, and the images have none: RenderSettings.Normals asks for them.", nameof(Normals));
        Validate(nameof(Normals), Normals, images.Normals?.Length ?? 0, 3, images);
    }

    private static void Validate(string part, float[]? gradient, int length, int channels, Images images)
    {
        if (gradient is null)
            return;
        if (gradient.Length != length)
            throw new ArgumentException(
                $"The gradient of {part} has {gradient.Length} numbers where the images have {length} " +
                $"({images.Views} views x {channels} x {images.Height} x {images.Width}).", part);

        for (var i = 0; i < length; i++)
            if (!float.IsFinite(gradient[i]))
            {
                var (column, row) = (i % images.Width, i / images.Width % images.Height);
                var plane = i / (images.Width * images.Height);
                throw new NotFiniteNumberException(
                    FormattableString.Invariant(
                        $"The gradient of {part} is {gradient[i]} at view {plane / channels}, channel {plane % channels}, row {row}, column {column}."),
                    gradient[i]);
            }
    }
}
