using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>The rays of a render, one for each pixel, view after view in row-major order, and the images they fill.</summary>
internal sealed class RenderedRays(IReadOnlyList<Camera> cameras, RenderSettings settings, Images images)
{
    private readonly int _pixels = images.Height * images.Width;
    private readonly Camera[] _cameras = [.. cameras];
    private readonly Shading[] _shadings = [.. Enumerable.Range(0, images.Views).Select(view => settings.ShadingOf(view, images.Views))];
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

    public bool HasNormals => images.Normals is not null;

    /// <summary>Whether what the rays see depends on normals.</summary>
    public bool NeedsNormals { get; set; } = images.Normals is not null || settings.IsLit;

    public Shading Shading(int ray) => _shadings[ray / _pixels];

    public Vector3 Background(int ray) => _backgrounds[ray / _pixels];

    public void SetNormal(int ray, Vector3 normal) => Write(images.Normals!, ray, normal);

    public void Set(int ray, RayResult result)
    {
        Write(images.Color, ray, result.Color);
        (images.Opacity[ray], images.Depth[ray], Used[ray]) = (result.Opacity, result.Depth, result.Used);
    }

    /// <summary>What planes of three hold at a ray; 0 where there are none.</summary>
    public Vector3 Read(int ray, float[]? planes)
    {
        if (planes is null)
            return Vector3.Zero;

        var first = ray / _pixels * 3 * _pixels + ray % _pixels;
        return new Vector3(planes[first], planes[first + _pixels], planes[first + 2 * _pixels]);
    }

    private void Write(float[] planes, int ray, Vector3 value)
    {
        var first = ray / _pixels * 3 * _pixels + ray % _pixels;
        (planes[first], planes[first + _pixels], planes[first + 2 * _pixels]) = (value.X, value.Y, value.Z);
    }
}
