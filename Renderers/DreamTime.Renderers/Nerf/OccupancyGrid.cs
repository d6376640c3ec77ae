using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>
/// Remembers where nothing is. Every cell keeps the largest opacity of one step that was seen in it lately, and counts as occupied when that is not below
/// min(mean over the cells, 0.01) in itself or in a neighbour: the margin of one cell lets objects grow, which the rule of Mueller et al. (2022) leaves to chance.
/// </summary>
internal sealed class OccupancyGrid(int resolution)
{
    private const float Decay = 0.95f, Threshold = 0.01f;

    private bool[] _occupied = Enumerable.Repeat(true, resolution * resolution * resolution).ToArray();

    /// <summary>Cells along an axis; 0 where all space counts as occupied.</summary>
    public int Resolution => resolution;

    /// <summary>The opacity kept for each cell, x fastest.</summary>
    public float[] Opacity { get; } = new float[resolution * resolution * resolution];

    /// <summary>The share of the cells that are occupied.</summary>
    public double OccupiedShare => resolution == 0 ? 1 : _occupied.Count(o => o) / (double)_occupied.Length;

    /// <summary>Whether a point of the unit cube must be sampled.</summary>
    public bool IsOccupied(Vector3 unit)
    {
        if (resolution == 0)
            return true;

        var last = resolution - 1;
        var (x, y, z) = (Math.Min((int)(unit.X * resolution), last), Math.Min((int)(unit.Y * resolution), last), Math.Min((int)(unit.Z * resolution), last));
        return _occupied[(z * resolution + y) * resolution + x];
    }

    /// <summary>The place in a cell at which an update looks: random, so that over the updates all of the cell is seen.</summary>
    public Vector3 Probe(int cell, long seed, int update)
    {
        float At(int index, int axis) => (float)((index + CounterRandom.Uniform(seed, update, cell, axis)) / resolution);
        return new Vector3(At(cell % resolution, 0), At(cell / resolution % resolution, 1), At(cell / (resolution * resolution), 2));
    }

    /// <summary>Takes in what an update saw.</summary>
    /// <param name="density">At each cell's probe.</param>
    /// <param name="step">The length that turns a density into an opacity.</param>
    public void Update(ReadOnlySpan<float> density, float step)
    {
        for (var i = 0; i < Opacity.Length; i++)
            Opacity[i] = MathF.Max(Opacity[i] * Decay, density[i] * step);
        Refresh();
    }

    /// <summary>Decides anew which cells are occupied.</summary>
    public void Refresh()
    {
        var threshold = MathF.Min(Threshold, (float)(Opacity.Sum(o => (double)o) / Opacity.Length));
        var occupied = Array.ConvertAll(Opacity, o => o >= threshold);
        foreach (var stride in (ReadOnlySpan<int>)[1, resolution, resolution * resolution])
            occupied = Dilate(occupied, stride);
        _occupied = occupied;
    }

    private bool[] Dilate(bool[] occupied, int stride)
    {
        var dilated = new bool[occupied.Length];
        for (var i = 0; i < occupied.Length; i++)
        {
            var position = i / stride % resolution;
            dilated[i] = occupied[i] || position > 0 && occupied[i - stride] || position < resolution - 1 && occupied[i + stride];
        }

        return dilated;
    }
}
