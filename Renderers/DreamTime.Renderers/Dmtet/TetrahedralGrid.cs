using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>
/// A body-centred cubic lattice over the box [-radius, radius]^3: the corners of so many cubes an axis, and their centres. Its tetrahedra stand between the centres of
/// two cubes with a common face and one of that face's edges; they are all alike and nearly regular. Corners come first, x fastest, then centres.
/// </summary>
internal sealed class TetrahedralGrid(int resolution, float radius)
{
    /// <summary>Edges that a corner owns: along x, y and z.</summary>
    private const int CornerEdges = 3;

    /// <summary>Edges that a centre owns: to the next centres along x, y and z, and to its eight corners.</summary>
    private const int CentreEdges = 11;

    /// <summary>Cubes along an axis.</summary>
    public int Resolution => resolution;

    /// <summary>Half the side of the box.</summary>
    public float Radius => radius;

    /// <summary>The side of a cube, in world units.</summary>
    public float Spacing { get; } = 2 * radius / resolution;

    /// <summary>How many corners there are: the first centre's number.</summary>
    public int Corners { get; } = (resolution + 1) * (resolution + 1) * (resolution + 1);

    /// <summary>Corners and centres.</summary>
    public int Vertices { get; } = (resolution + 1) * (resolution + 1) * (resolution + 1) + resolution * resolution * resolution;

    /// <summary>Room for a number of every edge; edges that would leave the box have one, too.</summary>
    public int EdgeSlots => CornerEdges * Corners + CentreEdges * (Vertices - Corners);

    public int Corner(int x, int y, int z) => (z * (resolution + 1) + y) * (resolution + 1) + x;

    public int Centre(int x, int y, int z) => Corners + (z * resolution + y) * resolution + x;

    /// <summary>The edge from a corner to the next along an axis.</summary>
    public int CornerEdge(int corner, int axis) => CornerEdges * corner + axis;

    /// <summary>The edge from a centre to the next along an axis.</summary>
    public int CentreEdge(int centre, int axis) => CornerEdges * Corners + CentreEdges * (centre - Corners) + axis;

    /// <summary>The edge from a centre to a corner of its cube: bit 0 of the number is x, bit 1 y, bit 2 z.</summary>
    public int Diagonal(int centre, int corner) => CornerEdges * Corners + CentreEdges * (centre - Corners) + 3 + corner;

    /// <summary>Where a vertex lies: (x, y, z) of a corner, or of a centre's cube.</summary>
    public (int X, int Y, int Z) Place(int vertex)
    {
        var (index, side) = vertex < Corners ? (vertex, resolution + 1) : (vertex - Corners, resolution);
        return (index % side, index / side % side, index / (side * side));
    }

    /// <summary>A vertex's position in the world.</summary>
    public Vector3 Position(int vertex)
    {
        var (x, y, z) = Place(vertex);
        return (new Vector3(x, y, z) + new Vector3(vertex < Corners ? 0 : 0.5f)) * Spacing - new Vector3(radius);
    }

    /// <summary>Whether a vertex lies on the hull of all tetrahedra: it never counts as inside, so that every surface is closed.</summary>
    public bool IsOnHull(int vertex)
    {
        var (x, y, z) = Place(vertex);
        var last = vertex < Corners ? resolution : resolution - 1;
        return x == 0 || y == 0 || z == 0 || x == last || y == last || z == last;
    }

    /// <summary>The vertices that share an edge with one: six of its own kind and eight of the other.</summary>
    public IEnumerable<int> Neighbours(int vertex)
    {
        var (x, y, z) = Place(vertex);
        var isCorner = vertex < Corners;
        for (var axis = 0; axis < 3; axis++)
            for (var side = -1; side <= 1; side += 2)
                if (Find(isCorner, x + (axis == 0 ? side : 0), y + (axis == 1 ? side : 0), z + (axis == 2 ? side : 0)) is { } same)
                    yield return same;
        for (var k = 0; k < 8; k++)
        {
            var (dx, dy, dz) = (k & 1, k >> 1 & 1, k >> 2);
            if ((isCorner ? Find(false, x - dx, y - dy, z - dz) : Find(true, x + dx, y + dy, z + dz)) is { } other)
                yield return other;
        }
    }

    /// <summary>The tetrahedra of the face between a cube and the next along an axis: two centres, then an edge of the face; positively oriented.</summary>
    public IEnumerable<(int A, int B, int C, int D)> Tetrahedra(int x, int y, int z, int axis)
    {
        var (here, next) = (Centre(x, y, z), Centre(x + (axis == 0 ? 1 : 0), y + (axis == 1 ? 1 : 0), z + (axis == 2 ? 1 : 0)));
        for (var edge = 0; edge < 4; edge++)
        {
            var (from, to) = FaceEdge(axis, edge);
            yield return (here, next, CornerOf(x, y, z, from), CornerOf(x, y, z, to));
        }
    }

    /// <summary>The ends of an edge of a cube's upper face along an axis, as corners of the cube, the way round that a right-handed screw along the axis turns.</summary>
    public static (int From, int To) FaceEdge(int axis, int edge)
    {
        var (u, v) = (1 << (axis + 1) % 3, 1 << (axis + 2) % 3);
        int At(int k) => 1 << axis | (k is 1 or 2 ? u : 0) | (k is 2 or 3 ? v : 0);
        return (At(edge), At((edge + 1) % 4));
    }

    public int CornerOf(int x, int y, int z, int corner) => Corner(x + (corner & 1), y + (corner >> 1 & 1), z + (corner >> 2));

    /// <summary>Whether a point of the world lies in the box.</summary>
    public bool Contains(Vector3 point) => Vector3.Abs(point) is var a && MathF.Max(a.X, MathF.Max(a.Y, a.Z)) <= radius;

    /// <summary>
    /// A value between the vertices, linear in each tetrahedron of the lattice at rest; beyond the outermost centres it stays what it is there. The point lies in the box.
    /// </summary>
    public float Interpolate(float[] values, Vector3 point)
    {
        var unit = (point + new Vector3(radius)) / Spacing;
        Span<int> cube = stackalloc int[3];
        Span<float> offset = stackalloc float[3];
        for (var axis = 0; axis < 3; axis++)
        {
            cube[axis] = Math.Clamp((int)unit[axis], 0, resolution - 1);
            offset[axis] = unit[axis] - cube[axis] - 0.5f;
        }

        // From the centre through the point to a face, and from the face's middle to one of its edges.
        var across = Longest(offset, -1);
        var face = MathF.Abs(offset[across]);
        var along = Longest(offset, across);
        var edge = MathF.Abs(offset[along]);
        var last = 3 - across - along;
        var here = values[Centre(cube[0], cube[1], cube[2])];
        var corner = (offset[across] > 0 ? 1 << across : 0) | (offset[along] > 0 ? 1 << along : 0);
        var from = values[CornerOf(cube[0], cube[1], cube[2], corner)];
        var to = values[CornerOf(cube[0], cube[1], cube[2], corner | 1 << last)];
        cube[across] += offset[across] > 0 ? 1 : -1;
        var next = (uint)cube[across] < resolution ? values[Centre(cube[0], cube[1], cube[2])] : here;

        // The point is the sum of shares of the centres, half and half on the face's middle, and of the edge's ends.
        var share = edge > 0 ? 0.5f + offset[last] / (2 * edge) : 0.5f;
        return (1 - face - edge) * here + (face - edge) * next + 2 * edge * ((1 - share) * from + share * to);
    }

    private static int Longest(ReadOnlySpan<float> offset, int besides)
    {
        var longest = besides == 0 ? 1 : 0;
        for (var axis = longest + 1; axis < 3; axis++)
            if (axis != besides && MathF.Abs(offset[axis]) > MathF.Abs(offset[longest]))
                longest = axis;
        return longest;
    }

    private int? Find(bool isCorner, int x, int y, int z)
    {
        var side = isCorner ? resolution + 1 : resolution;
        return (uint)x < side && (uint)y < side && (uint)z < side ? isCorner ? Corner(x, y, z) : Centre(x, y, z) : null;
    }
}
