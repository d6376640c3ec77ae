using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>
/// What splatting computes, pixel by pixel in double, over all Gaussians in order of depth: the definition that the kernels are compared with.
/// </summary>
internal static class SplatReference
{
    /// <summary>One view: colour [3, height, width], opacity and depth [height, width].</summary>
    /// <param name="parameters">Positions, scales, rotations, opacities, colours and harmonics, as the groups of <see cref="Gaussians"/> hold them.</param>
    /// <param name="degree">Of the harmonics.</param>
    /// <param name="camera">Pinhole.</param>
    /// <param name="height">Rows.</param>
    /// <param name="width">Columns.</param>
    /// <param name="background">Display values.</param>
    /// <param name="shading">The light.</param>
    public static (double[] Color, double[] Opacity, double[] Depth, double[] Normals) Render(
        double[][] parameters, int degree, Camera camera, int height, int width, Vector3 background, Shading? shading = null)
    {
        var splats = Enumerable.Range(0, parameters[3].Length).Select(i => Project(parameters, degree, i, camera, height, width, shading ?? Shading.Albedo))
            .Where(splat => splat is not null).OrderBy(splat => splat!.Depth).ToArray();
        var (color, opacity, depth) = (new double[3 * height * width], new double[height * width], new double[height * width]);
        var normals = new double[color.Length];
        for (var pixel = 0; pixel < height * width; pixel++)
        {
            var through = 1.0;
            foreach (var splat in splats)
            {
                if (through < 1e-4)
                    break;

                var (dx, dy) = (pixel % width + 0.5 - splat!.X, pixel / width + 0.5 - splat.Y);
                var alpha = Math.Min(0.99, splat.Opacity * Math.Exp(-(splat.A * dx * dx + 2 * splat.B * dx * dy + splat.C * dy * dy) / 2));
                if (alpha < 1 / 255.0)
                    continue;

                for (var channel = 0; channel < 3; channel++)
                {
                    color[channel * height * width + pixel] += alpha * through * splat.Color[channel];
                    normals[channel * height * width + pixel] += alpha * through * splat.Normal[channel];
                }

                depth[pixel] += alpha * through * splat.Distance;
                through *= 1 - alpha;
            }

            for (var channel = 0; channel < 3; channel++)
                color[channel * height * width + pixel] += through * background[channel];
            opacity[pixel] = 1 - through;
        }

        return (color, opacity, depth, normals);
    }

    /// <summary>What a view sees of a Gaussian.</summary>
    internal sealed record Splat(double X, double Y, double A, double B, double C, double Opacity, double[] Color, double[] Normal, double Distance, double Depth);

    /// <summary>A Gaussian in a view, or null where it is not drawn.</summary>
    internal static Splat? Project(double[][] parameters, int degree, int i, Camera camera, int height, int width, Shading shading)
    {
        var offset = Sub(parameters[0].AsSpan(3 * i, 3).ToArray(), Array(camera.Position));
        double[][] view = [Array(camera.Right), Array(-camera.Up), Array(-camera.Back)];
        var (x, y, z) = (Dot(view[0], offset), Dot(view[1], offset), Dot(view[2], offset));
        var opacity = 1 / (1 + Math.Exp(-parameters[3][i]));
        if (z <= 0.05 || opacity < 1 / 255.0)
            return null;

        var focal = height / (2 * Math.Tan(double.DegreesToRadians(camera.FovYDegrees) / 2));
        var covariance = Covariance(parameters, i);
        double[] row0 = [focal / z, 0, -focal * x / (z * z)], row1 = [0, focal / z, -focal * y / (z * z)];
        var (m0, m1) = (Through(row0, view), Through(row1, view));
        var (xx, xy, yy) = (Form(m0, covariance, m0) + 0.3, Form(m0, covariance, m1), Form(m1, covariance, m1) + 0.3);
        var determinant = xx * yy - xy * xy;
        var distance = Math.Sqrt(Dot(offset, offset));
        var normal = Normal(parameters, i, offset);
        var (centreX, centreY) = (width / 2.0 + height * (double)camera.PrincipalOffset.X, height / 2.0 + height * (double)camera.PrincipalOffset.Y);
        return new Splat(centreX + focal * x / z, centreY + focal * y / z, yy / determinant, -xy / determinant, xx / determinant, opacity,
            SurfaceReference.Shade(shading, Color(parameters, degree, i, offset, distance), normal, [.. parameters[0].Skip(3 * i).Take(3)]), normal, distance, z);
    }

    /// <summary>The axis of the smallest scale, on the camera's side.</summary>
    private static double[] Normal(double[][] parameters, int i, double[] offset)
    {
        var rotation = Rotation(parameters, i);
        var shortest = Enumerable.Range(0, 3).MinBy(k => parameters[1][3 * i + k]);
        double[] axis = [rotation[0, shortest], rotation[1, shortest], rotation[2, shortest]];
        return Dot(axis, offset) > 0 ? [.. axis.Select(a => -a)] : axis;
    }

    private static double[,] Rotation(double[][] parameters, int i)
    {
        var q = parameters[2].AsSpan(4 * i, 4).ToArray();
        var length = Math.Sqrt(q.Sum(value => value * value));
        var (w, x, y, z) = (q[0] / length, q[1] / length, q[2] / length, q[3] / length);
        return new double[,]
        {
            { 1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y) },
            { 2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x) },
            { 2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y) },
        };
    }

    private static double[,] Covariance(double[][] parameters, int i)
    {
        var rotation = Rotation(parameters, i);
        var covariance = new double[3, 3];
        for (var a = 0; a < 3; a++)
            for (var b = 0; b < 3; b++)
                for (var k = 0; k < 3; k++)
                    covariance[a, b] += rotation[a, k] * rotation[b, k] * Math.Exp(2 * parameters[1][3 * i + k]);
        return covariance;
    }

    /// <summary>By the definition of the functions: associated Legendre polynomials times cosines and sines, with the sign (-1)^m.</summary>
    private static double[] Color(double[][] parameters, int degree, int i, double[] offset, double distance)
    {
        // The files' axes: y up, front +z.
        var (x, y, z) = (offset[1] / distance, offset[2] / distance, offset[0] / distance);
        var (angle, functions) = (Math.Atan2(y, x), (degree + 1) * (degree + 1) - 1);
        var color = new double[3];
        for (var channel = 0; channel < 3; channel++)
            color[channel] = 0.5 + parameters[4][3 * i + channel] / Math.Sqrt(4 * Math.PI);
        for (var l = 1; l <= degree; l++)
            for (var m = -l; m <= l; m++)
            {
                var order = Math.Abs(m);
                var value = Norm(l, order) * Legendre(l, order, z) * (m == 0 ? 1 : Math.Sqrt(2) * (m > 0 ? Math.Cos(m * angle) : Math.Sin(order * angle)));
                for (var channel = 0; channel < 3; channel++)
                    color[channel] += value * parameters[5][3 * (functions * i + l * l + l + m - 1) + channel];
            }

        return [.. color.Select(value => Math.Max(0, value))];
    }

    private static double Norm(int l, int m)
    {
        var ratio = 1.0;
        for (var k = l - m + 1; k <= l + m; k++)
            ratio *= k;
        return Math.Sqrt((2 * l + 1) / (4 * Math.PI * ratio));
    }

    /// <summary>With Condon and Shortley's sign.</summary>
    private static double Legendre(int l, int m, double x)
    {
        var start = 1.0;
        for (var k = 1; k <= m; k++)
            start *= -(2 * k - 1) * Math.Sqrt(Math.Max(0, 1 - x * x));
        if (l == m)
            return start;

        var (before, now) = (start, x * (2 * m + 1) * start);
        for (var n = m + 2; n <= l; n++)
            (before, now) = (now, ((2 * n - 1) * x * now - (n + m - 1) * before) / (n - m));
        return now;
    }

    private static double[] Array(Vector3 v) => [v.X, v.Y, v.Z];

    private static double[] Sub(double[] a, double[] b) => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];

    private static double Dot(double[] a, double[] b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

    private static double[] Through(double[] row, double[][] view) =>
        [.. Enumerable.Range(0, 3).Select(k => row[0] * view[0][k] + row[1] * view[1][k] + row[2] * view[2][k])];

    private static double Form(double[] a, double[,] matrix, double[] b)
    {
        var sum = 0.0;
        for (var i = 0; i < 3; i++)
            for (var k = 0; k < 3; k++)
                sum += a[i] * matrix[i, k] * b[k];
        return sum;
    }
}
