using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>
/// The scales and the rotation of a Gaussian: its covariance is L L^T with L = R S, and a direction m of the world sees it as L^T m.
/// </summary>
internal static class SplatShape
{
    /// <summary>L^T m for two directions.</summary>
    public static (Vector3, Vector3) Forward(Gaussians gaussians, int i, Vector3 m0, Vector3 m1)
    {
        var (c0, c1, c2) = Columns(gaussians.Rotation(i));
        var s = gaussians.Scale(i);
        return (s * new Vector3(Vector3.Dot(c0, m0), Vector3.Dot(c1, m0), Vector3.Dot(c2, m0)),
            s * new Vector3(Vector3.Dot(c0, m1), Vector3.Dot(c1, m1), Vector3.Dot(c2, m1)));
    }

    /// <summary>Adds the gradient of the scales and the rotation; returns that of the two directions.</summary>
    public static (Vector3, Vector3) Backward(Gaussians gaussians, int i, Vector3 m0, Vector3 m1, Vector3 du0, Vector3 du1)
    {
        var rotation = gaussians.Rotation(i);
        var (c0, c1, c2) = Columns(rotation);
        var s = gaussians.Scale(i);
        var (v0, v1) = (du0 * s, du1 * s);

        // dL/dL_ij = m0_i du0_j + m1_i du1_j; a column of L is one of R times its scale.
        var (g0, g1, g2) = (m0 * v0.X + m1 * v1.X, m0 * v0.Y + m1 * v1.Y, m0 * v0.Z + m1 * v1.Z);
        var log = gaussians.LogScales.Gradient.AsSpan(3 * i, 3);
        (log[0], log[1], log[2]) = (log[0] + Vector3.Dot(c0, g0), log[1] + Vector3.Dot(c1, g1), log[2] + Vector3.Dot(c2, g2));
        AddRotation(gaussians, i, rotation, g0, g1, g2);
        return (c0 * v0.X + c1 * v0.Y + c2 * v0.Z, c0 * v1.X + c1 * v1.Y + c2 * v1.Z);
    }

    /// <summary>The rotation followed by that into the files' axes, which takes (x, y, z) to (y, z, x): a third of a turn.</summary>
    public static Quaternion InFileAxes(Quaternion rotation) => new Quaternion(-0.5f, -0.5f, -0.5f, 0.5f) * rotation;

    /// <summary>The columns of the rotation matrix.</summary>
    public static (Vector3, Vector3, Vector3) Columns(Quaternion q)
    {
        var (w, x, y, z) = (q.W, q.X, q.Y, q.Z);
        return (new Vector3(1 - 2 * (y * y + z * z), 2 * (x * y + w * z), 2 * (x * z - w * y)),
            new Vector3(2 * (x * y - w * z), 1 - 2 * (x * x + z * z), 2 * (y * z + w * x)),
            new Vector3(2 * (x * z + w * y), 2 * (y * z - w * x), 1 - 2 * (x * x + y * y)));
    }

    /// <summary>Through the matrix's columns to the quaternion, and through its normalisation.</summary>
    public static void AddRotation(Gaussians gaussians, int i, Quaternion q, Vector3 g0, Vector3 g1, Vector3 g2)
    {
        var (w, x, y, z) = (q.W, q.X, q.Y, q.Z);
        var unit = new Vector4(x, y, z, w);
        var d = new Vector4(
            2 * (y * (g1.X + g0.Y) + z * (g2.X + g0.Z) + w * (g1.Z - g2.Y)) - 4 * x * (g1.Y + g2.Z),
            2 * (x * (g1.X + g0.Y) + z * (g2.Y + g1.Z) + w * (g2.X - g0.Z)) - 4 * y * (g0.X + g2.Z),
            2 * (x * (g2.X + g0.Z) + y * (g2.Y + g1.Z) + w * (g0.Y - g1.X)) - 4 * z * (g0.X + g1.Y),
            2 * (z * (g0.Y - g1.X) + y * (g2.X - g0.Z) + x * (g1.Z - g2.Y)));
        var raw = gaussians.Rotations.Values.AsSpan(4 * i, 4);
        var length = MathF.Sqrt(raw[0] * raw[0] + raw[1] * raw[1] + raw[2] * raw[2] + raw[3] * raw[3]);
        d = (d - Vector4.Dot(d, unit) * unit) / length;
        var target = gaussians.Rotations.Gradient.AsSpan(4 * i, 4);
        (target[0], target[1], target[2], target[3]) = (target[0] + d.W, target[1] + d.X, target[2] + d.Y, target[3] + d.Z);
    }
}
