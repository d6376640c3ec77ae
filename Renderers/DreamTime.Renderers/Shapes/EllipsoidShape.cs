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

    /// <summary>Thomsen's formula (2004).</summary>
    internal override double Area
    {
        get
        {
            const double P = 1.6075;
            var (a, b, c) = (Math.Pow(_radii.X, P), Math.Pow(_radii.Y, P), Math.Pow(_radii.Z, P));
            return 4 * Math.PI * Math.Pow((a * b + a * c + b * c) / 3, 1 / P);
        }
    }

    internal override ShapePoint SurfacePoint(double first, double second, double third)
    {
        var z = 2 * first - 1;
        var (sin, cos) = Math.SinCos(2 * Math.PI * second);
        var across = Math.Sqrt(1 - z * z);
        var unit = new Vector3((float)(across * cos), (float)(across * sin), (float)z);
        return new ShapePoint(_radii * unit, Vector3.Normalize(unit / _radii), null);
    }
}
