using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>
/// Triangles in a tree of boxes: the nearest point, and the winding number with far branches taken as one dipole (Barill et al. 2018, Fast Winding Numbers, first order).
/// </summary>
internal sealed class TriangleTree
{
    private const int Leaf = 8, Deepest = 64;

    /// <summary>A branch is far beyond so many of its radii; at 2 the error of a dipole is a few thousandths.</summary>
    private const float Far = 2;

    private readonly TriangleShape _shape;
    private readonly int[] _order;
    private readonly List<Node> _nodes = [];

    private readonly record struct Node(Vector3 Low, Vector3 High, int First, int Count, int Right, Vector3 Area, Vector3 Middle, float Reach);

    public TriangleTree(TriangleShape shape)
    {
        _shape = shape;
        _order = [.. Enumerable.Range(0, shape.Count)];
        var middles = Array.ConvertAll(_order, Middle);
        Build(0, shape.Count, middles);
    }

    /// <summary>To the nearest point of any triangle, at least 0.</summary>
    public float Distance(Vector3 point)
    {
        Span<int> stack = stackalloc int[2 * Deepest];
        var (depth, best) = (0, float.MaxValue);
        stack[depth++] = 0;
        while (depth > 0)
        {
            var node = _nodes[stack[--depth]];
            if (BoxDistance(node, point) >= best)
                continue;

            if (node.Count > 0)
                for (var k = node.First; k < node.First + node.Count; k++)
                    best = MathF.Min(best, TriangleDistance(_order[k], point));
            else
            {
                // The nearer branch is looked at first: the other is often too far then.
                var (left, right) = (node.First, node.Right);
                var leftFirst = BoxDistance(_nodes[left], point) < BoxDistance(_nodes[right], point);
                (stack[depth], stack[depth + 1]) = leftFirst ? (right, left) : (left, right);
                depth += 2;
            }
        }

        return MathF.Sqrt(best);
    }

    /// <summary>How often the surface goes around a point: 1 inside of a closed surface that faces outwards, 0 outside.</summary>
    public float WindingNumber(Vector3 point)
    {
        Span<int> stack = stackalloc int[2 * Deepest];
        var (depth, sum) = (0, 0.0);
        stack[depth++] = 0;
        while (depth > 0)
        {
            var node = _nodes[stack[--depth]];
            var offset = node.Middle - point;
            var distance = offset.Length();
            if (distance > Far * node.Reach)
                sum += Vector3.Dot(offset, node.Area) / ((double)distance * distance * distance);
            else if (node.Count > 0)
                for (var k = node.First; k < node.First + node.Count; k++)
                    sum += SolidAngle(_order[k], point);
            else
                (stack[depth++], stack[depth++]) = (node.First, node.Right);
        }

        return (float)(sum / (4 * Math.PI));
    }

    private int Build(int first, int count, Vector3[] middles, int level = 0)
    {
        var at = _nodes.Count;
        _nodes.Add(default);
        var (low, high, area, weighted, total) = (new Vector3(float.MaxValue), new Vector3(float.MinValue), Vector3.Zero, Vector3.Zero, 0f);
        for (var k = first; k < first + count; k++)
        {
            var (a, b, c) = _shape.Corners(_order[k]);
            (low, high) = (Vector3.Min(low, Vector3.Min(a, Vector3.Min(b, c))), Vector3.Max(high, Vector3.Max(a, Vector3.Max(b, c))));
            var vector = Vector3.Cross(b - a, c - a) / 2;
            (area, weighted, total) = (area + vector, weighted + vector.Length() * middles[_order[k]], total + vector.Length());
        }

        var middle = total > 0 ? weighted / total : (low + high) / 2;
        var reach = Vector3.Max(high - middle, middle - low).Length();
        if (count <= Leaf || level == Deepest - 1)
        {
            _nodes[at] = new Node(low, high, first, count, 0, area, middle, reach);
            return at;
        }

        var side = high - low;
        var axis = side.X >= side.Y && side.X >= side.Z ? 0 : side.Y >= side.Z ? 1 : 2;
        Array.Sort(_order, first, count, Comparer<int>.Create((i, j) => (middles[i][axis], i).CompareTo((middles[j][axis], j))));
        var left = Build(first, count / 2, middles, level + 1);
        var right = Build(first + count / 2, count - count / 2, middles, level + 1);
        _nodes[at] = new Node(low, high, left, 0, right, area, middle, reach);
        return at;
    }

    private Vector3 Middle(int triangle)
    {
        var (a, b, c) = _shape.Corners(triangle);
        return a / 3 + b / 3 + c / 3;
    }

    private static float BoxDistance(Node node, Vector3 point) => Vector3.DistanceSquared(point, Vector3.Clamp(point, node.Low, node.High));

    /// <summary>Of van Oosterom and Strackee (1983).</summary>
    private double SolidAngle(int triangle, Vector3 point)
    {
        var (a, b, c) = _shape.Corners(triangle);
        (a, b, c) = (a - point, b - point, c - point);
        var (la, lb, lc) = (a.Length(), b.Length(), c.Length());
        var volume = Vector3.Dot(a, Vector3.Cross(b, c));
        return 2 * Math.Atan2(volume, (double)la * lb * lc + (double)Vector3.Dot(a, b) * lc + (double)Vector3.Dot(b, c) * la + (double)Vector3.Dot(c, a) * lb);
    }

    /// <summary>Squared: by the regions of the triangle's plane (Ericson 2005, section 5.1.5).</summary>
    private float TriangleDistance(int triangle, Vector3 point)
    {
        var (a, b, c) = _shape.Corners(triangle);
        var (ab, ac, ap) = (b - a, c - a, point - a);
        var (d1, d2) = (Vector3.Dot(ab, ap), Vector3.Dot(ac, ap));
        if (d1 <= 0 && d2 <= 0)
            return ap.LengthSquared();

        var bp = point - b;
        var (d3, d4) = (Vector3.Dot(ab, bp), Vector3.Dot(ac, bp));
        if (d3 >= 0 && d4 <= d3)
            return bp.LengthSquared();

        var vc = d1 * d4 - d3 * d2;
        if (vc <= 0 && d1 >= 0 && d3 <= 0)
            return Vector3.DistanceSquared(point, a + d1 / (d1 - d3) * ab);

        var cp = point - c;
        var (d5, d6) = (Vector3.Dot(ab, cp), Vector3.Dot(ac, cp));
        if (d6 >= 0 && d5 <= d6)
            return cp.LengthSquared();

        var vb = d5 * d2 - d1 * d6;
        if (vb <= 0 && d2 >= 0 && d6 <= 0)
            return Vector3.DistanceSquared(point, a + d2 / (d2 - d6) * ac);

        var va = d3 * d6 - d5 * d4;
        if (va <= 0 && d4 - d3 >= 0 && d5 - d6 >= 0)
            return Vector3.DistanceSquared(point, b + (d4 - d3) / (d4 - d3 + (d5 - d6)) * (c - b));

        // Within; a triangle without area has fallen into one of the regions above, or is taken at a corner.
        var whole = va + vb + vc;
        return whole > 0 ? Vector3.DistanceSquared(point, a + vb / whole * ab + vc / whole * ac) : ap.LengthSquared();
    }
}
