using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>From a Gaussian in space to one in an image, and the gradient back.</summary>
internal static class SplatProjection
{
    /// <summary>Alpha below this is not drawn; above the other, it is that (Kerbl et al. 2023).</summary>
    public const float LeastAlpha = 1 / 255f, MostAlpha = 0.99f;

    /// <summary>Added to the variance in the image, in square pixels: no splat is thinner than a pixel.</summary>
    public const float PixelVariance = 0.3f;

    /// <summary>Gaussians whose centre is nearer to the camera's plane are not drawn, in metres.</summary>
    public const float Near = 0.05f;

    /// <summary>Fills the row of one Gaussian.</summary>
    public static void Forward(Gaussians gaussians, int i, SplatCamera camera, int height, int width, ProjectedSplats projected)
    {
        projected.Bounds[i] = (0, -1, 0, -1);
        var offset = gaussians.Position(i) - camera.Position;
        var (x, y, z) = (Vector3.Dot(camera.AxisX, offset), Vector3.Dot(camera.AxisY, offset), Vector3.Dot(camera.AxisZ, offset));
        var opacity = gaussians.Opacity(i);
        if (!(z > Near) || !(opacity >= LeastAlpha))
            return;

        var (u0, u1) = ImageAxes(gaussians, i, camera, x, y, z);
        var (xx, xy, yy) = (u0.LengthSquared() + PixelVariance, Vector3.Dot(u0, u1), u1.LengthSquared() + PixelVariance);
        var determinant = xx * yy - xy * xy;
        if (!(determinant > 0 && float.IsFinite(determinant)))
            return;

        var (centreX, centreY) = (camera.CentreX + camera.Focal * x / z, camera.CentreY + camera.Focal * y / z);
        // alpha reaches the least where the exponent is -ln(opacity / least): the ellipse's half-widths follow from the variances.
        var reach = MathF.Sqrt(Math.Max(0, 2 * MathF.Log(opacity / LeastAlpha)));
        projected.Bounds[i] = Bounds(centreX, centreY, reach * MathF.Sqrt(xx), reach * MathF.Sqrt(yy), height, width);
        projected.Depth[i] = z;

        var row = projected.Values.AsSpan(ProjectedSplats.Width * i, ProjectedSplats.Width);
        (row[ProjectedSplats.X], row[ProjectedSplats.Y]) = (centreX, centreY);
        (row[ProjectedSplats.A], row[ProjectedSplats.B], row[ProjectedSplats.C]) = (yy / determinant, -xy / determinant, xx / determinant);
        (row[ProjectedSplats.Opacity], row[ProjectedSplats.Distance]) = (opacity, offset.Length());
        var color = Color(gaussians, i, offset / row[ProjectedSplats.Distance]);
        (row[ProjectedSplats.Red], row[ProjectedSplats.Green], row[ProjectedSplats.Blue]) = (color.X, color.Y, color.Z);
    }

    /// <summary>Adds the gradient of one Gaussian's parameters, from that of its row.</summary>
    public static void Backward(Gaussians gaussians, int i, SplatCamera camera, ProjectedSplats projected, ReadOnlySpan<float> gradient)
    {
        var row = projected.Values.AsSpan(ProjectedSplats.Width * i, ProjectedSplats.Width);
        var offset = gaussians.Position(i) - camera.Position;
        var (x, y, z) = (Vector3.Dot(camera.AxisX, offset), Vector3.Dot(camera.AxisY, offset), Vector3.Dot(camera.AxisZ, offset));
        var (f, opacity, distance) = (camera.Focal, row[ProjectedSplats.Opacity], row[ProjectedSplats.Distance]);
        gaussians.Opacities.Gradient[i] += gradient[ProjectedSplats.Opacity] * opacity * (1 - opacity);

        var (a, b, c) = (row[ProjectedSplats.A], row[ProjectedSplats.B], row[ProjectedSplats.C]);
        var (ga, gb, gc) = (gradient[ProjectedSplats.A], gradient[ProjectedSplats.B] / 2, gradient[ProjectedSplats.C]);
        // The covariance is the inverse of the conic Q, so its gradient is -Q G Q.
        var (p, q, r, s) = (a * ga + b * gb, a * gb + b * gc, b * ga + c * gb, b * gb + c * gc);
        var (gxx, gxy, gyy) = (-(p * a + q * b), -2 * (p * b + q * c), -(r * b + s * c));

        var (u0, u1) = ImageAxes(gaussians, i, camera, x, y, z);
        var (du0, du1) = (2 * gxx * u0 + gxy * u1, 2 * gyy * u1 + gxy * u0);
        var (m0, m1) = Rows(camera, x, y, z);
        var (dm0, dm1) = SplatShape.Backward(gaussians, i, m0, m1, du0, du1);

        var (gx, gy) = (gradient[ProjectedSplats.X], gradient[ProjectedSplats.Y]);
        var (fz, fzz) = (f / z, f / (z * z));
        var (slope0, slope1) = (Vector3.Dot(camera.AxisZ, dm0), Vector3.Dot(camera.AxisZ, dm1));
        var dx = gx * fz - fzz * slope0;
        var dy = gy * fz - fzz * slope1;
        var dz = -fzz * (gx * x + gy * y + Vector3.Dot(camera.AxisX, dm0) + Vector3.Dot(camera.AxisY, dm1)) + 2 * fzz / z * (x * slope0 + y * slope1);

        var direction = offset / distance;
        var colorGradient = new Vector3(gradient[ProjectedSplats.Red], gradient[ProjectedSplats.Green], gradient[ProjectedSplats.Blue]);
        var turn = ColorBackward(gaussians, i, direction, row, colorGradient);
        var total = dx * camera.AxisX + dy * camera.AxisY + dz * camera.AxisZ
            + gradient[ProjectedSplats.Distance] * direction + (turn - Vector3.Dot(turn, direction) * direction) / distance;
        var at = gaussians.Positions.Gradient.AsSpan(3 * i, 3);
        (at[0], at[1], at[2]) = (at[0] + total.X, at[1] + total.Y, at[2] + total.Z);
    }

    /// <summary>The rows of the Jacobian of the projection, in the world: pixels per metre.</summary>
    private static (Vector3, Vector3) Rows(SplatCamera camera, float x, float y, float z)
    {
        var (fz, fzz) = (camera.Focal / z, camera.Focal / (z * z));
        return (fz * camera.AxisX - fzz * x * camera.AxisZ, fz * camera.AxisY - fzz * y * camera.AxisZ);
    }

    /// <summary>The rows of the Jacobian in the Gaussian's own axes, times its scales: their products are the covariance in the image.</summary>
    private static (Vector3, Vector3) ImageAxes(Gaussians gaussians, int i, SplatCamera camera, float x, float y, float z)
    {
        var (m0, m1) = Rows(camera, x, y, z);
        return SplatShape.Forward(gaussians, i, m0, m1);
    }

    private static (int, int, int, int) Bounds(float x, float y, float halfWidth, float halfHeight, int height, int width)
    {
        // Pixel k's centre is k + 1/2. Far outside, a float does not fit into an int: it is limited first.
        static int Limited(double value, int size) => (int)Math.Clamp(value, -1, size);

        return (Math.Max(0, Limited(Math.Ceiling(x - halfWidth - 0.5), width)), Math.Min(width - 1, Limited(Math.Floor(x + halfWidth - 0.5), width)),
            Math.Max(0, Limited(Math.Ceiling(y - halfHeight - 0.5), height)), Math.Min(height - 1, Limited(Math.Floor(y + halfHeight - 0.5), height)));
    }

    /// <summary>Never below 0; above 1 as the harmonics say.</summary>
    private static Vector3 Color(Gaussians gaussians, int i, Vector3 direction)
    {
        Span<float> basis = stackalloc float[gaussians.Functions];
        Harmonics.Basis(Harmonics.FileAxes(direction), basis);
        var color = gaussians.BaseColor(i);
        var rest = gaussians.Rest.Values.AsSpan(gaussians.Rest.Width * i, gaussians.Rest.Width);
        for (var k = 1; k < basis.Length; k++)
            color += basis[k] * new Vector3(rest[3 * k - 3], rest[3 * k - 2], rest[3 * k - 1]);
        return Vector3.Max(Vector3.Zero, color);
    }

    /// <summary>Adds the gradient of the harmonics; returns that of the direction.</summary>
    private static Vector3 ColorBackward(Gaussians gaussians, int i, Vector3 direction, ReadOnlySpan<float> row, Vector3 gradient)
    {
        // Where a channel is held at 0 nothing reaches its harmonics.
        gradient *= new Vector3(
            row[ProjectedSplats.Red] > 0 ? 1 : 0, row[ProjectedSplats.Green] > 0 ? 1 : 0, row[ProjectedSplats.Blue] > 0 ? 1 : 0);
        var constant = gaussians.Base.Gradient.AsSpan(3 * i, 3);
        for (var channel = 0; channel < 3; channel++)
            constant[channel] += Harmonics.Constant * gradient[channel];
        if (gaussians.Functions == 1)
            return Vector3.Zero;

        var file = Harmonics.FileAxes(direction);
        Span<float> basis = stackalloc float[gaussians.Functions];
        Span<Vector3> slope = stackalloc Vector3[gaussians.Functions];
        Harmonics.Basis(file, basis);
        Harmonics.Derivative(file, slope);
        var values = gaussians.Rest.Values.AsSpan(gaussians.Rest.Width * i);
        var target = gaussians.Rest.Gradient.AsSpan(gaussians.Rest.Width * i);
        var turn = Vector3.Zero;
        for (var k = 1; k < basis.Length; k++)
        {
            var at = 3 * (k - 1);
            turn += Vector3.Dot(gradient, new Vector3(values[at], values[at + 1], values[at + 2])) * slope[k];
            for (var channel = 0; channel < 3; channel++)
                target[at + channel] += basis[k] * gradient[channel];
        }

        return Harmonics.WorldAxes(turn);
    }
}
