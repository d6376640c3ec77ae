using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>An ellipsoid around the origin.</summary>
internal sealed class EllipsoidShape : SignedShape
{
    private readonly Vector3 _radii;

    public EllipsoidShape(Vector3 radii)
    {
        if (!(radii.X > 0 && radii.Y > 0 && radii.Z > 0 && float.IsFinite(radii.LengthSquared())))
            throw new ArgumentOutOfRangeException(nameof(radii), radii, "The radii of a shape are finite and above 0.");

        _radii = radii;
    }

    /// <summary>|x / r| (|x / r| - 1) / |x / r^2|, the first order of the distance (Quilez); exact for a sphere.</summary>
    public override float Distance(Vector3 point)
    {
        var (share, slope) = ((point / _radii).Length(), (point / (_radii * _radii)).Length());
        return slope > 0 ? share * (share - 1) / slope : -MathF.Min(_radii.X, MathF.Min(_radii.Y, _radii.Z));
    }

    internal override Vector3 SurfacePoint(double first, double second, double third)
    {
        var z = 2 * first - 1;
        var (sin, cos) = Math.SinCos(2 * Math.PI * second);
        var across = Math.Sqrt(1 - z * z);
        return _radii * new Vector3((float)(across * cos), (float)(across * sin), (float)z);
    }
}
