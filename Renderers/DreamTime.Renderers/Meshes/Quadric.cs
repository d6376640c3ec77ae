using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>
/// A weighted sum of squared distances to planes as a function of the place (Garland and Heckbert 1997): x^T A x + 2 b^T x + c, A symmetric.
/// </summary>
internal readonly record struct Quadric(
    double Xx, double Xy, double Xz, double Yy, double Yz, double Zz, double X, double Y, double Z, double Constant)
{
    /// <summary>The squared distance to a plane through a point, times a weight.</summary>
    /// <param name="normal">Of length 1.</param>
    /// <param name="point">On the plane.</param>
    /// <param name="weight">At least 0.</param>
    public static Quadric Plane(Vector3 normal, Vector3 point, double weight)
    {
        double x = normal.X, y = normal.Y, z = normal.Z, d = -Vector3.Dot(normal, point);
        return new Quadric(
            weight * x * x, weight * x * y, weight * x * z, weight * y * y, weight * y * z, weight * z * z, weight * x * d, weight * y * d, weight * z * d, weight * d * d);
    }

    /// <summary>The sum of two quadrics.</summary>
    public static Quadric operator +(Quadric a, Quadric b) => new(
        a.Xx + b.Xx, a.Xy + b.Xy, a.Xz + b.Xz, a.Yy + b.Yy, a.Yz + b.Yz, a.Zz + b.Zz, a.X + b.X, a.Y + b.Y, a.Z + b.Z, a.Constant + b.Constant);

    /// <summary>The value at a place; at least 0 apart from rounding.</summary>
    public double At(Vector3 place)
    {
        double x = place.X, y = place.Y, z = place.Z;
        return Xx * x * x + Yy * y * y + Zz * z * z + 2 * (Xy * x * y + Xz * x * z + Yz * y * z + X * x + Y * y + Z * z) + Constant;
    }

    /// <summary>The place of the smallest value, by Cramer's rule; null where the planes leave it open, as parallel ones do.</summary>
    public Vector3? Minimum()
    {
        var (m1, m2, m3) = (Yy * Zz - Yz * Yz, Xy * Zz - Yz * Xz, Xy * Yz - Yy * Xz);
        var determinant = Xx * m1 - Xy * m2 + Xz * m3;
        var size = Xx + Yy + Zz;
        if (!(determinant > 1e-4 * size * size * size))
            return null;

        var x = -(X * m1 - Xy * (Y * Zz - Yz * Z) + Xz * (Y * Yz - Yy * Z)) / determinant;
        var y = -(Xx * (Y * Zz - Z * Yz) - X * m2 + Xz * (Xy * Z - Y * Xz)) / determinant;
        var z = -(Xx * (Yy * Z - Y * Yz) - Xy * (Xy * Z - Y * Xz) + X * m3) / determinant;
        return new Vector3((float)x, (float)y, (float)z);
    }
}
