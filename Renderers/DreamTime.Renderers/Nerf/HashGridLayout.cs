namespace DreamTime.Renderers;

/// <summary>
/// Where the vertices of a multiresolution hash grid (Mueller et al. 2022) lie in one table of entries, two features each.
/// The vertices of a row along x are neighbours in memory: only (y, z) is hashed, and x is added. One load then fetches both ends of a cell's edge, and a ray
/// finds the next cell in the same cache line. The published hash, which scatters x as well, costs twice the loads.
/// </summary>
internal sealed class HashGridLayout
{
    public const uint PrimeY = 2654435761, PrimeZ = 805459861;

    public HashGridLayout(NerfOptions options)
    {
        var hashed = 1 << options.Log2TableSize;
        var growth = options.Levels == 1 ? 1 : Math.Pow((double)options.FinestResolution / options.BaseResolution, 1.0 / (options.Levels - 1));
        Levels = new Level[options.Levels];
        for (var l = 0; l < Levels.Length; l++)
        {
            var resolution = (int)Math.Round(options.BaseResolution * Math.Pow(growth, l));
            var row = resolution + 1;
            var dense = (long)row * row * row <= hashed;
            Levels[l] = new Level(resolution, Entries, dense ? 0 : hashed - 1);
            Entries += dense ? row * row * row : hashed + row;
        }
    }

    public Level[] Levels { get; }

    /// <summary>Entries of all levels together; the table has twice as many numbers.</summary>
    public int Entries { get; }

    /// <param name="Resolution">Cells along an axis; there is one more vertex.</param>
    /// <param name="Offset">The level's first entry.</param>
    /// <param name="Mask">Table size - 1 of a hashed level, 0 of a dense one. A hashed level has room for one more row, since a row may start at the last entry.</param>
    internal readonly record struct Level(int Resolution, int Offset, int Mask)
    {
        public bool IsDense => Mask == 0;

        /// <summary>The entry, within the level, of the vertex (0, y, z).</summary>
        public int Row(int y, int z) => IsDense
            ? (z * (Resolution + 1) + y) * (Resolution + 1)
            : (int)(((uint)y * PrimeY ^ (uint)z * PrimeZ) & (uint)Mask);
    }
}
