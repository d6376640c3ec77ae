using System.Collections.Immutable;

namespace DreamTime.Renderers;

/// <summary>Removes the separate pieces of a mesh that are no part of the object: specks in the air, and walls of cavities inside.</summary>
public static class Floaters
{
    /// <summary>The mesh without its small pieces. A piece is what shares vertices.</summary>
    /// <param name="mesh">A mesh of closed pieces.</param>
    /// <param name="share">Pieces with less than this share (0..1) of the largest piece's area go.</param>
    /// <param name="keepCavities">Whether pieces that are inside out, the walls of cavities, stay.</param>
    /// <returns>The pieces that stay, their vertices and triangles in the old order.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The share is outside 0..1.</exception>
    public static Mesh Remove(Mesh mesh, float share = 0.02f, bool keepCavities = false)
    {
        ArgumentNullException.ThrowIfNull(mesh);
        if (!(share is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(share), share, "A share lies in 0..1.");

        var pieceOf = Pieces(mesh);
        var (area, volume) = (new double[mesh.Positions.Length], new double[mesh.Positions.Length]);
        for (var t = 0; t < mesh.TriangleCount; t++)
        {
            var piece = pieceOf[mesh.Triangles[3 * t]];
            area[piece] += mesh.AreaVector(t).Length();
            volume[piece] += mesh.SignedVolume(t);
        }

        bool IsWall(int piece) => volume[piece] < 0;
        var largest = pieceOf.Distinct().Where(piece => !IsWall(piece)).Select(piece => area[piece]).DefaultIfEmpty().Max();
        return Select(mesh, vertex => area[pieceOf[vertex]] >= share * largest && (keepCavities || !IsWall(pieceOf[vertex])));
    }

    /// <summary>For every vertex the smallest vertex of its piece: union-find over the triangles.</summary>
    private static int[] Pieces(Mesh mesh)
    {
        var parent = Enumerable.Range(0, mesh.Positions.Length).ToArray();

        int Root(int vertex)
        {
            while (parent[vertex] != vertex)
                vertex = parent[vertex] = parent[parent[vertex]];
            return vertex;
        }

        void Join(int a, int b)
        {
            var (rootA, rootB) = (Root(a), Root(b));
            parent[Math.Max(rootA, rootB)] = Math.Min(rootA, rootB);
        }

        for (var i = 0; i < mesh.Triangles.Length; i += 3)
        {
            Join(mesh.Triangles[i], mesh.Triangles[i + 1]);
            Join(mesh.Triangles[i], mesh.Triangles[i + 2]);
        }
        return [.. Enumerable.Range(0, parent.Length).Select(Root)];
    }

    private static Mesh Select(Mesh mesh, Func<int, bool> stays)
    {
        var kept = Enumerable.Range(0, mesh.Positions.Length).Where(stays).ToArray();
        if (kept.Length == mesh.Positions.Length)
            return mesh;

        var indexOf = new Dictionary<int, int>(kept.Select((vertex, index) => KeyValuePair.Create(vertex, index)));
        ImmutableArray<T> Pick<T>(ImmutableArray<T> values) => [.. kept.Select(vertex => values[vertex])];
        return new Mesh(
            Pick(mesh.Positions), Pick(mesh.Normals), Pick(mesh.Colors),
            [.. mesh.Triangles.Where(indexOf.ContainsKey).Select(vertex => indexOf[vertex])]);
    }
}
