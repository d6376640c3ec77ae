using System.Numerics;

namespace DreamTime.Training;

/// <summary>Sphere tracing (Hart 1996) of a scene, with 2x2 rays a pixel, ambient and Lambert light.</summary>
public static class SceneRenderer
{
    private const int Samples = 2;
    private const float Hit = 0.004f;

    /// <summary>Renders into planes.</summary>
    /// <param name="scene">What to render.</param>
    /// <param name="size">Height and width in pixels.</param>
    /// <param name="image">Receives [3, size, size] display values in 0..1.</param>
    /// <exception cref="ArgumentException">The span has another length.</exception>
    public static void Render(Scene scene, int size, Span<float> image)
    {
        var plane = size * size;
        if (image.Length != 3 * plane)
            throw new ArgumentException($"An image of {size} pixels has 3 x {size} x {size} = {3 * plane} values, not {image.Length}.", nameof(image));
        for (var y = 0; y < size; y++)
        {
            for (var x = 0; x < size; x++)
            {
                var color = Vector3.Zero;
                for (var sample = 0; sample < Samples * Samples; sample++)
                {
                    var (dx, dy) = ((sample % Samples + 0.5f) / Samples, (sample / Samples + 0.5f) / Samples);
                    color += Trace(scene, scene.Camera.RayDirection(x + dx, y + dy, size, size));
                }
                color /= Samples * Samples;
                var pixel = y * size + x;
                (image[pixel], image[plane + pixel], image[2 * plane + pixel]) = (color.X, color.Y, color.Z);
            }
        }
    }

    private static Vector3 Trace(Scene scene, Vector3 direction)
    {
        var origin = scene.Camera.Position;
        var middle = -Vector3.Dot(origin, direction);
        var reach = Shape.Radius * Shape.Radius * 1.02f - origin.LengthSquared() + middle * middle;
        if (reach <= 0)
            return scene.Background;

        var end = middle + MathF.Sqrt(reach);
        for (var t = middle - MathF.Sqrt(reach); t < end;)
        {
            var p = origin + t * direction;
            var distance = scene.Shape.Distance(p, out var part);
            if (distance < Hit)
                return Shade(scene, p, scene.Shape.Parts[part].Paint);
            t += distance * 0.95f;
        }
        return scene.Background;
    }

    private static Vector3 Shade(Scene scene, Vector3 p, Paint paint)
    {
        var facing = MathF.Max(0, Vector3.Dot(scene.Shape.Normal(p), scene.ToLight));
        return scene.Color(paint) * (scene.Ambient + (1 - scene.Ambient) * facing);
    }
}
