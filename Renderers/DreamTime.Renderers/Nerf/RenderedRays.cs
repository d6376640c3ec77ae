using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>The rays of a render, one for each pixel, view after view in row-major order, and the images they fill.</summary>
internal sealed class RenderedRays(IReadOnlyList<Camera> cameras, RenderSettings settings, Images images)
{
    private readonly int _pixels = images.Height * images.Width;
    private readonly Camera[] _cameras = [.. cameras];
    private readonly Vector3[] _backgrounds = [.. Enumerable.Range(0, images.Views).Select(view => settings.BackgroundOf(view, images.Views))];

    public Images Images => images;

    public int Count => images.Opacity.Length;

    /// <summary>How many of its samples each ray used.</summary>
    public int[] Used { get; } = new int[images.Opacity.Length];

    public (Vector3 Origin, Vector3 Direction) Ray(int ray)
    {
        var (camera, pixel) = (_cameras[ray / _pixels], ray % _pixels);
        return (camera.Position, camera.RayDirection(pixel % images.Width + 0.5f, pixel / images.Width + 0.5f, images.Width, images.Height));
    }

    public Vector3 Background(int ray) => _backgrounds[ray / _pixels];

    public void Set(int ray, RayResult result)
    {
        var red = ray / _pixels * 3 * _pixels + ray % _pixels;
        (images.Color[red], images.Color[red + _pixels], images.Color[red + 2 * _pixels]) = (result.Color.X, result.Color.Y, result.Color.Z);
        (images.Opacity[ray], images.Depth[ray], Used[ray]) = (result.Opacity, result.Depth, result.Used);
    }

    public Vector3 ColorGradient(int ray, float[]? gradient)
    {
        if (gradient is null)
            return Vector3.Zero;

        var red = ray / _pixels * 3 * _pixels + ray % _pixels;
        return new Vector3(gradient[red], gradient[red + _pixels], gradient[red + 2 * _pixels]);
    }
}
