using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>A mesh as a solid.</summary>
internal sealed class MeshShape : SignedShape
{
    private readonly TriangleShape _triangles;
    private readonly TriangleTree _tree;
    private readonly double[] _areas;
    private readonly float _orientation;

    public MeshShape(TriangleShape triangles)
    {
        (_triangles, _tree) = (triangles, new TriangleTree(triangles));
        _areas = new double[triangles.Count];
        var (sum, volume) = (0.0, 0.0);
        for (var t = 0; t < triangles.Count; t++)
        {
            var (a, b, c) = triangles.Corners(t);
            _areas[t] = sum += Vector3.Cross(b - a, c - a).Length() / 2;
            volume += Vector3.Dot(a, Vector3.Cross(b, c)) / 6.0;
        }

        // A mesh that is inside out is turned: its volume is negative.
        _orientation = volume < 0 ? -1 : 1;
    }

    public override float Distance(Vector3 point) => (_orientation * _tree.WindingNumber(point) > 0.5f ? -1 : 1) * _tree.Distance(point);

    internal override double Area => _areas[^1];

    internal override ShapePoint SurfacePoint(double first, double second, double third)
    {
        var at = Array.BinarySearch(_areas, first * _areas[^1]);
        var triangle = Math.Min(at < 0 ? ~at : at + 1, _areas.Length - 1);
        var (a, b, c) = _triangles.Corners(triangle);
        var (root, share) = ((float)Math.Sqrt(second), (float)third);
        var weights = new Vector3(1 - root, root * (1 - share), root * share);
        var normal = _orientation * Vector3.Cross(b - a, c - a);
        return new ShapePoint(
            weights.X * a + weights.Y * b + weights.Z * c,
            normal.LengthSquared() > 0 ? Vector3.Normalize(normal) : Vector3.UnitZ,
            _triangles.Paint?.Invoke(triangle, weights));
    }
}
