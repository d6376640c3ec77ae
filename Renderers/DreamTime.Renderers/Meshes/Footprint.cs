using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>Triangles in a plane that do not overlap each other, found again by a grid of cells.</summary>
/// <param name="cell">The side of a cell; about that of a triangle.</param>
internal sealed class Footprint(float cell)
{
    /// <summary>Overlaps of less than this share of a coordinate are rounding: neighbours share an edge exactly, but not the products along it.</summary>
    private const float Rounding = 2e-6f;

    private readonly Dictionary<(int X, int Y), List<int>> _cells = [];
    private readonly List<(Vector2 A, Vector2 B, Vector2 C)> _triangles = [];

    /// <summary>Takes a triangle in, unless it overlaps one that is there.</summary>
    public bool TryAdd(Vector2 a, Vector2 b, Vector2 c)
    {
        var cells = Cells(a, b, c).ToArray();
        foreach (var at in cells)
            if (_cells.TryGetValue(at, out var there))
                foreach (var other in there)
                    if (Overlap((a, b, c), _triangles[other]))
                        return false;

        foreach (var at in cells)
        {
            if (!_cells.TryGetValue(at, out var there))
                _cells.Add(at, there = []);
            there.Add(_triangles.Count);
        }
        _triangles.Add((a, b, c));
        return true;
    }

    private IEnumerable<(int X, int Y)> Cells(Vector2 a, Vector2 b, Vector2 c)
    {
        // All of the mesh is one point, which covers nothing.
        if (cell <= 0)
            yield break;

        var (low, high) = (Vector2.Min(a, Vector2.Min(b, c)) / cell, Vector2.Max(a, Vector2.Max(b, c)) / cell);
        for (var y = (int)MathF.Floor(low.Y); y <= (int)MathF.Floor(high.Y); y++)
            for (var x = (int)MathF.Floor(low.X); x <= (int)MathF.Floor(high.X); x++)
                yield return (x, y);
    }

    /// <summary>The separating axis theorem: triangles are apart when they are along the normal of one of their sides.</summary>
    private static bool Overlap((Vector2 A, Vector2 B, Vector2 C) p, (Vector2 A, Vector2 B, Vector2 C) q)
    {
        ReadOnlySpan<Vector2> sides = [p.B - p.A, p.C - p.B, p.A - p.C, q.B - q.A, q.C - q.B, q.A - q.C];
        foreach (var side in sides)
        {
            if (side == Vector2.Zero)
                continue;

            var axis = Vector2.Normalize(new Vector2(-side.Y, side.X));
            var (pLow, pHigh) = Range(p, axis);
            var (qLow, qHigh) = Range(q, axis);
            var rounding = Rounding * MathF.Max(MathF.Max(MathF.Abs(pLow), MathF.Abs(pHigh)), MathF.Max(MathF.Abs(qLow), MathF.Abs(qHigh)));
            if (pHigh <= qLow + rounding || qHigh <= pLow + rounding)
                return false;
        }
        return true;
    }

    private static (float Low, float High) Range((Vector2 A, Vector2 B, Vector2 C) triangle, Vector2 axis)
    {
        var (a, b, c) = (Vector2.Dot(triangle.A, axis), Vector2.Dot(triangle.B, axis), Vector2.Dot(triangle.C, axis));
        return (MathF.Min(a, MathF.Min(b, c)), MathF.Max(a, MathF.Max(b, c)));
    }
}
