using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>
/// Real spherical harmonics up to degree 3 and their derivatives, in the order and with the signs that files of Gaussians use: by degree, then from m = -l to l.
/// Directions are those of the file's axes (y up, front +z), so that what is learned is written as it is.
/// </summary>
internal static class Harmonics
{
    /// <summary>1 / (2 sqrt(pi)): the function of degree 0.</summary>
    public const float Constant = 0.28209479177387814f;

    private const float First = 0.4886025119029199f;
    private const float Xy = 1.0925484305920792f, Zz = 0.31539156525252005f, XxYy = 0.5462742152960396f;
    private const float Cubic = 0.5900435899266435f, Xyz = 2.890611442640554f, Quadric = 0.4570457994644658f, Zzz = 0.3731763325901154f, ZxxYy = 1.445305721320277f;

    /// <summary>From the world (z up, front +x) to the file's axes: an even permutation, so a rotation.</summary>
    public static Vector3 FileAxes(Vector3 world) => new(world.Y, world.Z, world.X);

    /// <summary>Back to the world.</summary>
    public static Vector3 WorldAxes(Vector3 file) => new(file.Z, file.X, file.Y);

    /// <summary>The functions at a direction of length 1.</summary>
    /// <param name="d">In the file's axes.</param>
    /// <param name="basis">Receives (degree + 1)^2 values: 1, 4, 9 or 16.</param>
    public static void Basis(Vector3 d, Span<float> basis)
    {
        var (x, y, z) = (d.X, d.Y, d.Z);
        basis[0] = Constant;
        if (basis.Length == 1)
            return;

        (basis[1], basis[2], basis[3]) = (-First * y, First * z, -First * x);
        if (basis.Length == 4)
            return;

        (basis[4], basis[5], basis[6]) = (Xy * x * y, -Xy * y * z, Zz * (2 * z * z - x * x - y * y));
        (basis[7], basis[8]) = (-Xy * x * z, XxYy * (x * x - y * y));
        if (basis.Length == 9)
            return;

        (basis[9], basis[10]) = (-Cubic * y * (3 * x * x - y * y), Xyz * x * y * z);
        (basis[11], basis[12]) = (-Quadric * y * (4 * z * z - x * x - y * y), Zzz * z * (2 * z * z - 3 * x * x - 3 * y * y));
        (basis[13], basis[14]) = (-Quadric * x * (4 * z * z - x * x - y * y), ZxxYy * z * (x * x - y * y));
        basis[15] = -Cubic * x * (x * x - 3 * y * y);
    }

    /// <summary>The derivatives of the same polynomials by the direction's components.</summary>
    public static void Derivative(Vector3 d, Span<Vector3> slope)
    {
        var (x, y, z) = (d.X, d.Y, d.Z);
        slope[0] = Vector3.Zero;
        if (slope.Length == 1)
            return;

        (slope[1], slope[2], slope[3]) = (new(0, -First, 0), new(0, 0, First), new(-First, 0, 0));
        if (slope.Length == 4)
            return;

        (slope[4], slope[5], slope[6]) = (Xy * new Vector3(y, x, 0), -Xy * new Vector3(0, z, y), Zz * new Vector3(-2 * x, -2 * y, 4 * z));
        (slope[7], slope[8]) = (-Xy * new Vector3(z, 0, x), XxYy * new Vector3(2 * x, -2 * y, 0));
        if (slope.Length == 9)
            return;

        slope[9] = -Cubic * new Vector3(6 * x * y, 3 * x * x - 3 * y * y, 0);
        slope[10] = Xyz * new Vector3(y * z, x * z, x * y);
        slope[11] = -Quadric * new Vector3(-2 * x * y, 4 * z * z - x * x - 3 * y * y, 8 * y * z);
        slope[12] = Zzz * new Vector3(-6 * x * z, -6 * y * z, 6 * z * z - 3 * x * x - 3 * y * y);
        slope[13] = -Quadric * new Vector3(4 * z * z - 3 * x * x - y * y, -2 * x * y, 8 * x * z);
        slope[14] = ZxxYy * new Vector3(2 * x * z, -2 * y * z, x * x - y * y);
        slope[15] = -Cubic * new Vector3(3 * x * x - 3 * y * y, -6 * x * y, 0);
    }
}
