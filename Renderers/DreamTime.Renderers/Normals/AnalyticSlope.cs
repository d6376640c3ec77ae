using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>
/// The slope of the network's first output and of what is added to it, exactly: backwards through the network once, then through the grid's interpolation. Its own gradient is
/// that of the change of the output along dL/dslope.
/// </summary>
/// <param name="field">Whose slope.</param>
/// <param name="radius">Half the side of the unit cube, in world units.</param>
/// <param name="parallel">How many threads.</param>
internal sealed unsafe class AnalyticSlope(NerfField field, float radius, ParallelOptions parallel) : FieldSlope
{
    private const int Parts = 16, Group = 16;

    private readonly float[] _transposed = new float[field.Network.Parameters];
    private readonly float[][] _partGradients = [.. Enumerable.Range(0, Parts).Select(_ => new float[field.Network.Parameters * Mlp.Lanes])];

    // Planes of features: coefficients in the forward pass, tangents and their gradients in the backward pass.
    private float[] _planes = [];
    private float[] _slopes = [];
    private int _stride;

    private MlpLayout Network { get; } = field.Network;

    /// <inheritdoc/>
    public override void Backward(Samples samples, Vector3[] gradient)
    {
        if (samples.Count == 0)
            return;

        Allocate(samples);
        Network.Transpose(field.Weights.Values, _transposed);
        // To the unit cube, of which the grid's slopes are.
        for (var i = 0; i < samples.Padded; i++)
            Values[i] = i < samples.Count ? gradient[i] * (0.5f / radius) : Vector3.Zero;
        EachLevel((l, table, tableGradient, x, y, z, direction, plane0, plane1) =>
            HashGridTangent.Along(field.Grid.Levels[l], table, x, y, z, direction, 0, samples.Padded, plane0, plane1), samples);

        var tiles = samples.Padded / Mlp.Tile;
        Parallel.For(0, Parts, parallel, part =>
        {
            Array.Clear(_partGradients[part]);
            BackwardTiles(samples, (int)((long)tiles * part / Parts), (int)((long)tiles * (part + 1) / Parts), _partGradients[part]);
        });
        for (var i = 0; i < Network.Parameters; i++)
            foreach (var part in _partGradients)
                for (var lane = 0; lane < Mlp.Lanes; lane++)
                    field.Weights.Gradient[i] += part[i * Mlp.Lanes + lane];

        EachLevel((l, table, tableGradient, x, y, z, direction, plane0, plane1) =>
            HashGridTangent.Backward(field.Grid.Levels[l], x, y, z, direction, 0, samples.Padded, plane0, plane1, tableGradient), samples);
    }

    /// <inheritdoc/>
    protected override void Fill(Samples samples)
    {
        Allocate(samples);
        Network.Transpose(field.Weights.Values, _transposed);
        var tiles = samples.Padded / Mlp.Tile;
        Parallel.For(0, (tiles + Group - 1) / Group, parallel, g =>
        {
            var room = Network.Width * Mlp.Tile;
            var hidden = stackalloc float[(Network.HiddenLayers + 1) * room];
            var output = stackalloc float[Network.Layers[^1].Outputs * Mlp.Tile];
            fixed (float* weights = field.Weights.Values, transposed = _transposed, features = samples.Features, planes = _planes, slopes = _slopes)
            fixed (float* table = field.Table.Values, x = samples.X, y = samples.Y, z = samples.Z)
                for (var tile = g * Group; tile < Math.Min(tiles, (g + 1) * Group); tile++)
                {
                    var (start, end) = (tile * Mlp.Tile, (tile + 1) * Mlp.Tile);
                    Mlp.Forward(Network, weights, features + start, samples.Stride, hidden, output);
                    MlpTangent.InputSlope(Network, transposed, hidden, planes + start, _stride, hidden + Network.HiddenLayers * room);
                    float* sx = slopes, sy = slopes + _stride, sz = slopes + 2 * _stride;
                    foreach (var axis in (ReadOnlySpan<int>)[0, 1, 2])
                        new Span<float>(slopes + axis * _stride + start, Mlp.Tile).Clear();
                    for (var l = 0; l < field.ActiveLevels; l++)
                        HashGridSlope.Backward(
                            field.Grid.Levels[l], table, x, y, z, start, end, planes + 2 * l * _stride, planes + (2 * l + 1) * _stride, sx, sy, sz);
                    for (var i = start; i < Math.Min(end, samples.Count); i++)
                    {
                        var world = (2 * new Vector3(x[i], y[i], z[i]) - Vector3.One) * radius;
                        Values[i] = new Vector3(sx[i], sy[i], sz[i]) * (0.5f / radius) + field.Value.BiasSlope(world);
                    }
                }
        });
    }

    private void BackwardTiles(Samples samples, int firstTile, int endTile, float[] partGradient)
    {
        var room = Network.HiddenLayers * Network.Width * Mlp.Tile;
        var hidden = stackalloc float[room];
        var scratch = stackalloc float[room + Network.Width * Mlp.Tile];
        var output = stackalloc float[Network.Layers[^1].Outputs * Mlp.Tile];
        fixed (float* weights = field.Weights.Values, transposed = _transposed, features = samples.Features, planes = _planes, gradient = partGradient)
            for (var tile = firstTile; tile < endTile; tile++)
            {
                var start = tile * Mlp.Tile;
                Mlp.Forward(Network, weights, features + start, samples.Stride, hidden, output);
                MlpTangent.Backward(Network, weights, transposed, hidden, planes + start, _stride, gradient, scratch);
            }
    }

    private delegate void LevelKernel(
        int level, float* table, float* tableGradient, float* x, float* y, float* z, Vector3* direction, float* plane0, float* plane1);

    /// <summary>Every active level on one thread, so that no two threads add to the same number.</summary>
    private void EachLevel(LevelKernel kernel, Samples samples) => Parallel.For(0, field.ActiveLevels, parallel, l =>
    {
        fixed (float* table = field.Table.Values, tableGradient = field.Table.Gradient, x = samples.X, y = samples.Y, z = samples.Z, planes = _planes)
        fixed (Vector3* direction = Values)
            kernel(l, table, tableGradient, x, y, z, direction, planes + 2 * l * _stride, planes + (2 * l + 1) * _stride);
    });

    private void Allocate(Samples samples)
    {
        if (_stride != samples.Stride || _planes.Length < field.Features * _stride)
            (_stride, _planes, _slopes) = (samples.Stride, new float[checked(field.Features * samples.Stride)], new float[3 * samples.Stride]);
        // A level that is masked has neither a slope nor a tangent.
        _planes.AsSpan(2 * field.ActiveLevels * _stride, (field.Features - 2 * field.ActiveLevels) * _stride).Clear();
    }
}
