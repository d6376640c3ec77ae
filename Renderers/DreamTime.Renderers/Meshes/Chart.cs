using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>A connected piece of a surface, projected along one direction onto its plane, in metres.</summary>
internal sealed class Chart
{
    private readonly Dictionary<int, int> _indexOf = [];
    private readonly Vector3 _right, _up;

    /// <summary>A piece without triangles yet.</summary>
    /// <param name="axis">The direction, of length 1, that the piece is seen from.</param>
    public Chart(Vector3 axis)
    {
        Axis = axis;
        var aside = MathF.Abs(axis.Z) < 0.9f ? Vector3.UnitZ : Vector3.UnitX;
        _right = Vector3.Normalize(Vector3.Cross(aside, axis));
        _up = Vector3.Cross(axis, _right);
    }

    /// <summary>The direction that the piece is seen from.</summary>
    public Vector3 Axis { get; }

    /// <summary>The mesh's vertices that occur, each with its place; after <see cref="Settle"/> from (0, 0) to <see cref="Size"/>.</summary>
    public List<(int Vertex, Vector2 Place)> Corners { get; } = [];

    /// <summary>Which corner of the chart a corner (0, 1, 2) of a triangle is.</summary>
    public List<(int Triangle, int Corner, int Index)> Uses { get; } = [];

    /// <summary>Width and height.</summary>
    public Vector2 Size { get; private set; }

    /// <summary>Where a point falls on the plane. y grows downwards, so that a surface seen from outside keeps its orientation in an image.</summary>
    public Vector2 Project(Vector3 point) => new(Vector3.Dot(point, _right), -Vector3.Dot(point, _up));

    /// <summary>Takes a triangle in.</summary>
    public void Add(Mesh mesh, int triangle)
    {
        for (var corner = 0; corner < 3; corner++)
        {
            var vertex = mesh.Triangles[3 * triangle + corner];
            if (!_indexOf.TryGetValue(vertex, out var index))
            {
                _indexOf.Add(vertex, index = Corners.Count);
                Corners.Add((vertex, Project(mesh.Positions[vertex])));
            }
            Uses.Add((triangle, corner, index));
        }
    }

    /// <summary>Turns the piece to where its box is smallest, lying on the longer side, and moves it to the origin.</summary>
    public void Settle()
    {
        const int turns = 16;
        var places = Corners.Select(corner => corner.Place).ToArray();
        var best = Enumerable.Range(0, turns).Select(i => Box(places, MathF.PI / 2 * i / turns)).MinBy(box => box.Size.X * box.Size.Y);
        if (best.Size.X < best.Size.Y)
            best = Box(places, best.Angle + MathF.PI / 2);

        Size = best.Size;
        for (var i = 0; i < Corners.Count; i++)
            Corners[i] = (Corners[i].Vertex, Turned(places[i], best.Angle) - best.Low);
    }

    private static (float Angle, Vector2 Low, Vector2 Size) Box(Vector2[] places, float angle)
    {
        var (low, high) = (new Vector2(float.PositiveInfinity), new Vector2(float.NegativeInfinity));
        foreach (var place in places)
        {
            var turned = Turned(place, angle);
            (low, high) = (Vector2.Min(low, turned), Vector2.Max(high, turned));
        }
        return (angle, low, high - low);
    }

    private static Vector2 Turned(Vector2 place, float angle)
    {
        var (sin, cos) = MathF.SinCos(angle);
        return new Vector2(cos * place.X - sin * place.Y, sin * place.X + cos * place.Y);
    }
}
