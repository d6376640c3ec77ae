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
    /// <summary>Where the optical axis meets the image, seen from the image's centre and in image heights: x to the right, y down. Zero for a centred camera.</summary>
    public Vector2 PrincipalOffset { get; init; } = Vector2.Zero;

    /// <summary>A pixel's width over its height, f_y / f_x; 1 for square pixels.</summary>
    public float PixelAspect { get; init; } = 1;

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

    /// <summary>A camera calibrated in pixels, as photogrammetry gives it.</summary>
    /// <param name="pose">Position and axes; its field of view is replaced.</param>
    /// <param name="focal">The focal lengths f_x and f_y in pixels, above 0.</param>
    /// <param name="principal">Where the optical axis meets the image, c_x and c_y in pixels from the top left edge of the first pixel.</param>
    /// <param name="width">The image's width in pixels, at least 1.</param>
    /// <param name="height">The image's height in pixels, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument leaves its range or is not finite.</exception>
    public static Camera Calibrated(Camera pose, Vector2 focal, Vector2 principal, int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (!(focal.X > 0 && focal.Y > 0 && float.IsFinite(focal.LengthSquared())))
            throw new ArgumentOutOfRangeException(nameof(focal), focal, "Focal lengths are finite and above 0.");
        if (!float.IsFinite(principal.LengthSquared()))
            throw new ArgumentOutOfRangeException(nameof(principal), principal, "A principal point is finite.");

        return pose with
        {
            FovYDegrees = FovY(height / (2.0 * focal.Y)),
            PrincipalOffset = (principal - new Vector2(width, height) / 2) / height,
            PixelAspect = focal.Y / focal.X,
        };
    }

    /// <summary>The camera whose image is a rectangle of this camera's image, pixel for pixel: what trains on single pixels renders crops of them.</summary>
    /// <param name="left">The rectangle's first column.</param>
    /// <param name="top">The rectangle's first row.</param>
    /// <param name="size">The rectangle's width and height in pixels, at least 1.</param>
    /// <param name="width">The whole image's width in pixels.</param>
    /// <param name="height">The whole image's height in pixels.</param>
    public Camera Crop(int left, int top, (int Width, int Height) size, int width, int height) => this with
    {
        FovYDegrees = FovY(Math.Tan(double.DegreesToRadians(FovYDegrees) / 2) * size.Height / height),
        PrincipalOffset = (new Vector2(width, height) / 2 + height * PrincipalOffset - new Vector2(left, top) - new Vector2(size.Width, size.Height) / 2) / size.Height,
    };

    /// <summary>The direction, of length 1, of the ray through a point of the image.</summary>
    /// <param name="pixelX">From the left edge (0) to the right edge (<paramref name="width"/>): the first pixel's centre is 0.5.</param>
    /// <param name="pixelY">From the top edge (0) to the bottom edge (<paramref name="height"/>): the first pixel's centre is 0.5.</param>
    /// <param name="width">The image's width in pixels.</param>
    /// <param name="height">The image's height in pixels.</param>
    public Vector3 RayDirection(float pixelX, float pixelY, int width, int height)
    {
        var pixelsToTangent = 2 * MathF.Tan(float.DegreesToRadians(FovYDegrees) / 2) / height;
        var x = (pixelX - width / 2f - height * PrincipalOffset.X) * pixelsToTangent * PixelAspect;
        var y = (height / 2f + height * PrincipalOffset.Y - pixelY) * pixelsToTangent;
        return Vector3.Normalize(x * Right + y * Up - Back);
    }

    /// <summary>Where a point of the world appears in the image: column and row as <see cref="RayDirection"/> has them, and its distance along the optical axis.</summary>
    /// <param name="point">In the world.</param>
    /// <param name="width">The image's width in pixels.</param>
    /// <param name="height">The image's height in pixels.</param>
    /// <returns>The third number is at most 0 for points behind the camera, whose first two say nothing.</returns>
    public Vector3 Project(Vector3 point, int width, int height)
    {
        var (offset, pixelsToTangent) = (point - Position, 2 * MathF.Tan(float.DegreesToRadians(FovYDegrees) / 2) / height);
        var depth = -Vector3.Dot(offset, Back);
        var x = Vector3.Dot(offset, Right) / depth / (pixelsToTangent * PixelAspect) + width / 2f + height * PrincipalOffset.X;
        var y = height / 2f + height * PrincipalOffset.Y - Vector3.Dot(offset, Up) / depth / pixelsToTangent;
        return new Vector3(x, y, depth);
    }

    private static float FovY(double tangentOfHalf) => (float)double.RadiansToDegrees(2 * Math.Atan(tangentOfHalf));
}
