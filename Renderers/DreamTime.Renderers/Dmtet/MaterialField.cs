using System.Numerics;
using System.Runtime.Intrinsics;

namespace DreamTime.Renderers;

/// <summary>
/// What a surface is made of, as a function of space: a hash grid's features through a small network, every output squeezed into 0..1. Unlike a <see cref="NerfField"/> it has
/// as many outputs as the material has numbers, and a gradient in the position, since the points move with the surface. No two threads ever add to the same number.
/// </summary>
internal sealed unsafe class MaterialField
{
    private const int Chunk = 1 << 12, Group = 16;

    // The network's gradient is summed in as many parts, whatever the threads, so that the sum is always the same.
    private const int Parts = 16;

    private readonly ParallelOptions _parallel;
    private readonly float[] _transposed;
    private readonly float[][] _partGradients = new float[Parts][];
    private readonly float _radius;

    /// <param name="options">Shape of the grid and the network.</param>
    /// <param name="channels">Numbers of the material, a multiple of 4.</param>
    /// <param name="seed">Of the initial values.</param>
    /// <param name="parallel">How many threads.</param>
    public MaterialField(NerfOptions options, int channels, long seed, ParallelOptions parallel)
    {
        (_parallel, _radius, Channels) = (parallel, options.Radius, channels);
        Grid = new HashGridLayout(options);
        Network = new MlpLayout(2 * options.Levels, options.HiddenWidth, options.HiddenLayers, channels);
        (Table, Weights) = (new Parameters(2 * Grid.Entries), new Parameters(Network.Parameters));
        _transposed = new float[Network.Parameters];
        for (var i = 0; i < Parts; i++)
            _partGradients[i] = new float[Network.Parameters * Mlp.Lanes];

        Parallel.For(0, Table.Values.Length, _parallel, i => Table.Values[i] = (float)(2 * CounterRandom.Uniform(seed, i, 0, 0) - 1) * 1e-4f);
        foreach (var layer in Network.Layers)
            for (var i = layer.Offset; i < layer.Offset + layer.Outputs * layer.Inputs; i++)
                Weights.Values[i] = (float)((2 * CounterRandom.Uniform(seed, i, 1, 0) - 1) / Math.Sqrt(layer.Inputs));
    }

    public int Channels { get; }

    /// <summary>The unit cube's units in one of the world's.</summary>
    public float UnitPerWorld => 0.5f / _radius;

    public HashGridLayout Grid { get; }

    public MlpLayout Network { get; }

    public Parameters Table { get; }

    public Parameters Weights { get; }

    /// <summary>Planes of features of the points.</summary>
    public int Features => 2 * Grid.Levels.Length;

    /// <summary>Puts points of the world into their places; outside the box they are taken to its face.</summary>
    public void Place(ReadOnlySpan<Vector3> positions, MaterialPoints points)
    {
        points.Allocate(positions.Length, Features);
        for (var i = 0; i < positions.Length; i++)
        {
            var unit = Vector3.Clamp(positions[i] * UnitPerWorld + new Vector3(0.5f), Vector3.Zero, Vector3.One);
            (points.Places.X[i], points.Places.Y[i], points.Places.Z[i]) = (unit.X, unit.Y, unit.Z);
        }
    }

    /// <summary>Fills in the material.</summary>
    public void Evaluate(MaterialPoints points)
    {
        var places = points.Places;
        ForEachChunk(places, (l, start, end) =>
        {
            fixed (float* table = Table.Values, features = places.Features, x = places.X, y = places.Y, z = places.Z)
                HashGrid.Encode(Grid.Levels[l], table, x, y, z, start, end, features + 2 * l * places.Stride, features + (2 * l + 1) * places.Stride);
        });
        var tiles = places.Padded / Mlp.Tile;
        Parallel.For(0, (tiles + Group - 1) / Group, _parallel, group =>
        {
            var hidden = stackalloc float[Network.HiddenLayers * Network.Width * Mlp.Tile];
            var output = stackalloc float[Channels * Mlp.Tile];
            fixed (float* weights = Weights.Values, features = places.Features)
                for (var tile = group * Group; tile < Math.Min(tiles, (group + 1) * Group); tile++)
                {
                    Mlp.Forward(Network, weights, features + tile * Mlp.Tile, places.Stride, hidden, output);
                    for (var i = 0; i < Channels * Mlp.Tile; i += 8)
                        FieldHead.Sigmoid(Vector256.Load(output + i)).CopyTo(points.Values[i / Mlp.Tile], tile * Mlp.Tile + i % Mlp.Tile);
                }
        });
    }

    /// <summary>
    /// Adds to the gradients of the parameters and writes those of the places. The points hold features in their place, and gradients in the place of the material; both are used up.
    /// </summary>
    public void Backward(MaterialPoints points)
    {
        var places = points.Places;
        foreach (var plane in points.Values)
            plane.AsSpan(places.Count, places.Padded - places.Count).Clear();
        Network.Transpose(Weights.Values, _transposed);
        var tiles = places.Padded / Mlp.Tile;
        Parallel.For(0, Parts, _parallel, part =>
        {
            Array.Clear(_partGradients[part]);
            BackwardTiles(points, (int)((long)tiles * part / Parts), (int)((long)tiles * (part + 1) / Parts), _partGradients[part]);
        });
        for (var i = 0; i < Network.Parameters; i++)
            foreach (var part in _partGradients)
                for (var lane = 0; lane < Mlp.Lanes; lane++)
                    Weights.Gradient[i] += part[i * Mlp.Lanes + lane];

        Parallel.For(0, Grid.Levels.Length, _parallel, l =>
        {
            fixed (float* gradient = Table.Gradient, features = places.Features, x = places.X, y = places.Y, z = places.Z)
                HashGrid.Backward(
                    Grid.Levels[l], x, y, z, 0, places.Padded, features + 2 * l * places.Stride, features + (2 * l + 1) * places.Stride, gradient);
        });
        Slopes(points);
    }

    private void Slopes(MaterialPoints points)
    {
        var places = points.Places;
        for (var axis = 0; axis < 3; axis++)
        {
            if (points.Slopes[axis].Length < places.Padded)
                points.Slopes[axis] = new float[places.Density.Length];
            Array.Clear(points.Slopes[axis]);
        }

        Parallel.For(0, (places.Padded + Chunk - 1) / Chunk, _parallel, chunk =>
        {
            fixed (float* table = Table.Values, features = places.Features, x = places.X, y = places.Y, z = places.Z)
            fixed (float* slopeX = points.Slopes[0], slopeY = points.Slopes[1], slopeZ = points.Slopes[2])
                for (var l = 0; l < Grid.Levels.Length; l++)
                    HashGridSlope.Backward(
                        Grid.Levels[l], table, x, y, z, chunk * Chunk, Math.Min((chunk + 1) * Chunk, places.Padded),
                        features + 2 * l * places.Stride, features + (2 * l + 1) * places.Stride, slopeX, slopeY, slopeZ);
        });
    }

    private void ForEachChunk(Samples places, Action<int, int, int> body)
    {
        const int chunk = 1 << 14;
        var chunks = (places.Padded + chunk - 1) / chunk;
        Parallel.For(0, chunks * Grid.Levels.Length, _parallel, task =>
        {
            var (l, start) = (task / chunks, task % chunks * chunk);
            body(l, start, Math.Min(start + chunk, places.Padded));
        });
    }

    private void BackwardTiles(MaterialPoints points, int firstTile, int endTile, float[] partGradient)
    {
        var hidden = stackalloc float[(Network.HiddenLayers + 1) * Network.Width * Mlp.Tile];
        var output = stackalloc float[Channels * Mlp.Tile];
        var scratch = hidden + Network.HiddenLayers * Network.Width * Mlp.Tile;
        var places = points.Places;
        fixed (float* weights = Weights.Values, transposed = _transposed, features = places.Features, gradient = partGradient)
            for (var tile = firstTile; tile < endTile; tile++)
            {
                var start = tile * Mlp.Tile;
                Mlp.Forward(Network, weights, features + start, places.Stride, hidden, output);
                for (var i = 0; i < Channels * Mlp.Tile; i += 8)
                {
                    // Through the sigmoid's derivative c (1 - c).
                    var value = FieldHead.Sigmoid(Vector256.Load(output + i));
                    var slope = Vector256.Create(points.Values[i / Mlp.Tile], start + i % Mlp.Tile);
                    (slope * value * (Vector256<float>.One - value)).Store(output + i);
                }

                Mlp.Backward(Network, transposed, features + start, places.Stride, hidden, output, features + start, gradient, scratch);
            }
    }
}
