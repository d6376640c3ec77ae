namespace DreamTime.Renderers.Cuda;

/// <summary>
/// Where rendered views, or a loss's gradients with respect to them, lie on a device: planes of float32 laid out as those of <see cref="Images"/>. The memory is whoever's made it.
/// </summary>
/// <param name="Color">[views, 3, height, width].</param>
/// <param name="Opacity">[views, height, width].</param>
/// <param name="Depth">[views, height, width].</param>
/// <remarks>Of gradients, 0 is a part that has none; of images every part has its place.</remarks>
public readonly record struct DevicePlanes(nint Color, nint Opacity, nint Depth)
{
    /// <summary>Refuses, as the images' places, what <see cref="IDeviceRenderer.Render"/> says.</summary>
    internal void CheckRender(int height, int width, RenderSettings settings)
    {
        if (!settings.Training)
            throw new ArgumentException("What is rendered into memory of the device is a training render.", nameof(settings));
        if (settings.Normals)
            throw new ArgumentException("What is rendered into memory of the device has no normals.", nameof(settings));
        if (Color == 0 || Opacity == 0 || Depth == 0)
            throw new ArgumentException($"Every part of the images needs a place, not {this}.", "into");
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
    }
}
