namespace DreamTime.Renderers;

/// <summary>Connected pieces of a lattice's inside and outside, before there is a surface.</summary>
internal static class LatticePieces
{
    /// <summary>Fills what is outside but not connected with the hull, and empties inside pieces of less than a share of the largest one's vertices; either to half a cube.</summary>
    public static void CleanUp(TetrahedralGrid grid, float[] distance, double floaterShare)
    {
        var pieces = Pieces(grid, distance);
        foreach (var cavity in pieces.Where(piece => distance[piece[0]] >= 0 && !piece.Any(grid.IsOnHull)))
            foreach (var vertex in cavity)
                distance[vertex] = -grid.Spacing / 2;

        pieces = [.. Pieces(grid, distance).Where(piece => distance[piece[0]] < 0)];
        foreach (var floater in pieces.Where(piece => piece.Count < floaterShare * pieces.Max(other => other.Count)))
            foreach (var vertex in floater)
                distance[vertex] = grid.Spacing / 2;
    }

    private static List<List<int>> Pieces(TetrahedralGrid grid, float[] distance)
    {
        var (seen, pieces, queue) = (new bool[distance.Length], new List<List<int>>(), new Queue<int>());
        for (var start = 0; start < distance.Length; start++)
        {
            if (seen[start])
                continue;

            var piece = new List<int>();
            pieces.Add(piece);
            seen[start] = true;
            queue.Enqueue(start);
            while (queue.TryDequeue(out var vertex))
            {
                piece.Add(vertex);
                foreach (var neighbour in grid.Neighbours(vertex))
                    if (!seen[neighbour] && distance[neighbour] < 0 == distance[vertex] < 0)
                    {
                        seen[neighbour] = true;
                        queue.Enqueue(neighbour);
                    }
            }
        }

        return pieces;
    }
}
