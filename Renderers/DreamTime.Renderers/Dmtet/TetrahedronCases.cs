namespace DreamTime.Renderers;

/// <summary>
/// Which triangles a surface has in a tetrahedron, for each of the 16 ways its corners can lie inside: none, one around a corner that is alone, two across. Derived, not
/// listed: triangles turn counter-clockwise for who looks from outside at a positively oriented tetrahedron.
/// </summary>
internal static class TetrahedronCases
{
    /// <summary>Each edge's ends.</summary>
    public static readonly (int From, int To)[] Edges = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)];

    /// <summary>For each set of inside corners (bit i is corner i): three edges a triangle.</summary>
    public static readonly int[][] Triangles = [.. Enumerable.Range(0, 16).Select(Derive)];

    private static int[] Derive(int inside)
    {
        var (within, without) = (Set(inside), Set(~inside & 15));
        return (within.Length, without.Length) switch
        {
            (1, 3) => Around(within[0], without, outwards: true),
            (3, 1) => Around(without[0], within, outwards: false),
            (2, 2) => Across(within, without),
            _ => [],
        };
    }

    private static int[] Set(int bits) => [.. Enumerable.Range(0, 4).Where(i => (bits >> i & 1) != 0)];

    /// <summary>The triangle that cuts off a corner, seen from the other three, or the other way round.</summary>
    private static int[] Around(int corner, int[] others, bool outwards)
    {
        // From corner c of a positive tetrahedron (c, i, j, k), the far face i, j, k turns clockwise; from outside it turns counter-clockwise.
        var (i, j, k) = IsEven(corner, others[0], others[1], others[2]) == outwards ? (0, 1, 2) : (0, 2, 1);
        return [Edge(corner, others[i]), Edge(corner, others[j]), Edge(corner, others[k])];
    }

    private static int[] Across(int[] within, int[] without)
    {
        var (a, b) = (within[0], within[1]);
        var (c, d) = IsEven(a, b, without[0], without[1]) ? (without[0], without[1]) : (without[1], without[0]);
        return [Edge(a, c), Edge(b, d), Edge(b, c), Edge(a, c), Edge(a, d), Edge(b, d)];
    }

    private static bool IsEven(params ReadOnlySpan<int> permutation)
    {
        var inversions = 0;
        for (var i = 0; i < permutation.Length; i++)
            for (var j = i + 1; j < permutation.Length; j++)
                inversions += permutation[i] > permutation[j] ? 1 : 0;
        return inversions % 2 == 0;
    }

    private static int Edge(int a, int b) => Array.IndexOf(Edges, (Math.Min(a, b), Math.Max(a, b)));
}
