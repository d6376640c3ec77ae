using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>
/// A pinhole camera in the right-handed world with z up, whose subject stands at the origin and faces +x.
/// <c>Right</c>, <c>Up</c> and <c>Back</c> are orthonormal and right-handed; the camera looks along <c>-Back</c>.
/// </summary>
/// <param name="Position">The centre of projection, in metres.</param>
/// <param name="Right">The image's x direction in the world.</param>
/// <param name="Up">The direction opposite to the image's y, in the world.</param>
/// <param name="Back">From the subject to the camera.</param>
/// <param name="FovYDegrees">The vertical field of view in degrees, between 0 and 180 exclusively.</param>
public readonly record struct Camera(Vector3 Position, Vector3 Right, Vector3 Up, Vector3 Back, float FovYDegrees)
{
    /// <summary>A camera on a sphere around the origin, looking at the origin, upright. Straight above or below, "up" continues the meridian.</summary>
    /// <param name="azimuthDegrees">0 is on +x, before the subject's face; it grows towards +y.</param>
    /// <param name="elevationDegrees">Positive is above; -90..90.</param>
    /// <param name="distance">From the origin, in metres, above 0.</param>
    /// <param name="fovYDegrees">Vertical field of view, 0..180 exclusively.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument leaves its range or is not finite.</exception>
    public static Camera Orbit(float azimuthDegrees, float elevationDegrees, float distance, float fovYDegrees)
    {
        if (!float.IsFinite(azimuthDegrees))
            throw new ArgumentOutOfRangeException(nameof(azimuthDegrees), azimuthDegrees, "An azimuth is a finite angle in degrees.");
        if (!(elevationDegrees is >= -90 and <= 90))
            throw new ArgumentOutOfRangeException(nameof(elevationDegrees), elevationDegrees, "An elevation lies in -90..90 degrees.");
        if (!(distance > 0 && float.IsFinite(distance)))
            throw new ArgumentOutOfRangeException(nameof(distance), distance, "A camera's distance is finite and above 0.");
        if (!(fovYDegrees is > 0 and < 180))
            throw new ArgumentOutOfRangeException(nameof(fovYDegrees), fovYDegrees, "A field of view lies between 0 and 180 degrees.");

        var (sinA, cosA) = Math.SinCos(double.DegreesToRadians(azimuthDegrees));
        var (sinE, cosE) = Math.SinCos(double.DegreesToRadians(elevationDegrees));
        var back = new Vector3((float)(cosE * cosA), (float)(cosE * sinA), (float)sinE);
        var right = new Vector3((float)-sinA, (float)cosA, 0);
        var up = new Vector3((float)(-sinE * cosA), (float)(-sinE * sinA), (float)cosE);
        return new Camera(distance * back, right, up, back, fovYDegrees);
    }

    /// <summary>The direction, of length 1, of the ray through a point of the image.</summary>
    /// <param name="pixelX">From the left edge (0) to the right edge (<paramref name="width"/>): the first pixel's centre is 0.5.</param>
    /// <param name="pixelY">From the top edge (0) to the bottom edge (<paramref name="height"/>): the first pixel's centre is 0.5.</param>
    /// <param name="width">The image's width in pixels.</param>
    /// <param name="height">The image's height in pixels; pixels are square.</param>
    public Vector3 RayDirection(float pixelX, float pixelY, int width, int height)
    {
        var pixelsToTangent = 2 * MathF.Tan(float.DegreesToRadians(FovYDegrees) / 2) / height;
        var x = (pixelX - width / 2f) * pixelsToTangent;
        var y = (height / 2f - pixelY) * pixelsToTangent;
        return Vector3.Normalize(x * Right + y * Up - Back);
    }
}
