using System.Runtime.Intrinsics;

namespace DreamTime.Renderers;

/// <summary>
/// Density (or signed distance) and colour in space: a hash grid's features through a small network. Works level by level, so that one level's table is all that the cache has to hold;
/// activations are computed again in the backward pass instead of being stored; no two threads ever add to the same number.
/// </summary>
internal sealed unsafe class NerfField
{
    private const int Outputs = 4, Chunk = 1 << 14;

    // The network's gradient is summed in as many parts, whatever the threads, so that the sum is always the same.
    private const int Parts = 16;

    private readonly ParallelOptions _parallel;
    private readonly float[] _transposed;
    private readonly float[][] _partGradients = new float[Parts][];

    /// <param name="options">Shape of the grid and the network.</param>
    /// <param name="value">What the network's first output means.</param>
    /// <param name="seed">Of the initial values.</param>
    /// <param name="parallel">How many threads.</param>
    public NerfField(NerfOptions options, FieldValue value, long seed, ParallelOptions parallel)
    {
        (Value, _parallel) = (value, parallel);
        Grid = new HashGridLayout(options);
        ActiveLevels = options.LevelsAt(0);
        Network = new MlpLayout(2 * options.Levels, options.HiddenWidth, options.HiddenLayers, Outputs);
        (Table, Weights) = (new Parameters(2 * Grid.Entries), new Parameters(Network.Parameters));
        _transposed = new float[Network.Parameters];
        for (var i = 0; i < Parts; i++)
            _partGradients[i] = new float[Network.Parameters * Mlp.Lanes];

        // The usual initialisations: tiny features, and weights within 1/sqrt(inputs).
        Parallel.For(0, Grid.Levels.Length, _parallel, l =>
        {
            var end = l + 1 < Grid.Levels.Length ? Grid.Levels[l + 1].Offset : Grid.Entries;
            for (var i = 2 * Grid.Levels[l].Offset; i < 2 * end; i++)
                Table.Values[i] = (float)(2 * CounterRandom.Uniform(seed, i, 0, 0) - 1) * 1e-4f;
        });
        foreach (var layer in Network.Layers)
            for (var i = layer.Offset; i < layer.Offset + layer.Outputs * layer.Inputs; i++)
                Weights.Values[i] = (float)((2 * CounterRandom.Uniform(seed, i, 1, 0) - 1) / Math.Sqrt(layer.Inputs));
    }

    /// <summary>What the network's first output means.</summary>
    public FieldValue Value { get; }

    public HashGridLayout Grid { get; }

    public MlpLayout Network { get; }

    public Parameters Table { get; }

    public Parameters Weights { get; }

    /// <summary>Levels from the coarsest on that are read and learn; the features of finer ones are 0.</summary>
    public int ActiveLevels { get; set; }

    /// <summary>Planes of features in the samples.</summary>
    public int Features => 2 * Grid.Levels.Length;

    /// <summary>Fills in features, densities and colours.</summary>
    public void Evaluate(Samples samples)
    {
        Encode(samples);
        var tiles = samples.Padded / Mlp.Tile;
        const int group = 16;
        Parallel.For(0, (tiles + group - 1) / group, _parallel, g =>
        {
            var hidden = stackalloc float[Network.HiddenLayers * Network.Width * Mlp.Tile];
            var output = stackalloc float[Outputs * Mlp.Tile];
            fixed (float* weights = Weights.Values, features = samples.Features, density = samples.Density, x = samples.X, y = samples.Y, z = samples.Z)
            fixed (float* red = samples.Red, green = samples.Green, blue = samples.Blue)
                for (var tile = g * group; tile < Math.Min(tiles, (g + 1) * group); tile++)
                {
                    var start = tile * Mlp.Tile;
                    Mlp.Forward(Network, weights, features + start, samples.Stride, hidden, output);
                    for (var i = 0; i < Mlp.Tile; i += 8)
                    {
                        var p = start + i;
                        Value.Of(Vector256.Load(output + i), Vector256.Load(x + p), Vector256.Load(y + p), Vector256.Load(z + p)).Store(density + p);
                        FieldHead.Sigmoid(Vector256.Load(output + Mlp.Tile + i)).Store(red + p);
                        FieldHead.Sigmoid(Vector256.Load(output + 2 * Mlp.Tile + i)).Store(green + p);
                        FieldHead.Sigmoid(Vector256.Load(output + 3 * Mlp.Tile + i)).Store(blue + p);
                    }
                }
        });
    }

    /// <summary>
    /// Adds to the gradients of the parameters. The samples hold features in their place, and gradients in the places of density and colour; the features are used up.
    /// </summary>
    public void Backward(Samples samples)
    {
        if (samples.Count == 0)
            return;

        foreach (var plane in (ReadOnlySpan<float[]>)[samples.Density, samples.Red, samples.Green, samples.Blue])
            plane.AsSpan(samples.Count, samples.Padded - samples.Count).Clear();
        Network.Transpose(Weights.Values, _transposed);
        var tiles = samples.Padded / Mlp.Tile;
        Parallel.For(0, Parts, _parallel, part =>
        {
            Array.Clear(_partGradients[part]);
            BackwardTiles(samples, (int)((long)tiles * part / Parts), (int)((long)tiles * (part + 1) / Parts), _partGradients[part]);
        });
        for (var i = 0; i < Network.Parameters; i++)
            foreach (var part in _partGradients)
                for (var lane = 0; lane < Mlp.Lanes; lane++)
                    Weights.Gradient[i] += part[i * Mlp.Lanes + lane];

        Parallel.For(0, ActiveLevels, _parallel, l =>
        {
            fixed (float* gradient = Table.Gradient, features = samples.Features, x = samples.X, y = samples.Y, z = samples.Z)
                HashGrid.Backward(
                    Grid.Levels[l], x, y, z, 0, samples.Padded, features + 2 * l * samples.Stride, features + (2 * l + 1) * samples.Stride, gradient);
        });
    }

    private void Encode(Samples samples)
    {
        var chunks = (samples.Padded + Chunk - 1) / Chunk;
        samples.Features.AsSpan(2 * ActiveLevels * samples.Stride, (Features - 2 * ActiveLevels) * samples.Stride).Clear();
        Parallel.For(0, chunks * ActiveLevels, _parallel, task =>
        {
            var (l, start) = (task / chunks, task % chunks * Chunk);
            fixed (float* table = Table.Values, features = samples.Features, x = samples.X, y = samples.Y, z = samples.Z)
                HashGrid.Encode(
                    Grid.Levels[l], table, x, y, z, start, Math.Min(start + Chunk, samples.Padded),
                    features + 2 * l * samples.Stride, features + (2 * l + 1) * samples.Stride);
        });
    }

    private void BackwardTiles(Samples samples, int firstTile, int endTile, float[] partGradient)
    {
        var hidden = stackalloc float[(Network.HiddenLayers + 1) * Network.Width * Mlp.Tile];
        var output = stackalloc float[Outputs * Mlp.Tile];
        var scratch = hidden + Network.HiddenLayers * Network.Width * Mlp.Tile;
        fixed (float* weights = Weights.Values, transposed = _transposed, features = samples.Features, gradient = partGradient)
        fixed (float* density = samples.Density, red = samples.Red, green = samples.Green, blue = samples.Blue)
        fixed (float* x = samples.X, y = samples.Y, z = samples.Z)
            for (var tile = firstTile; tile < endTile; tile++)
            {
                var start = tile * Mlp.Tile;
                Mlp.Forward(Network, weights, features + start, samples.Stride, hidden, output);
                for (var i = 0; i < Mlp.Tile; i += 8)
                {
                    var p = start + i;
                    var slope = Value.Derivative(Vector256.Load(output + i), Vector256.Load(x + p), Vector256.Load(y + p), Vector256.Load(z + p));
                    (Vector256.Load(density + p) * slope).Store(output + i);
                    ColorGradient(output + Mlp.Tile + i, red + p);
                    ColorGradient(output + 2 * Mlp.Tile + i, green + p);
                    ColorGradient(output + 3 * Mlp.Tile + i, blue + p);
                }

                Mlp.Backward(Network, transposed, features + start, samples.Stride, hidden, output, features + start, gradient, scratch);
            }
    }

    /// <summary>Replaces a raw output by its gradient, through the sigmoid's derivative c (1 - c).</summary>
    private static void ColorGradient(float* raw, float* gradient)
    {
        var color = FieldHead.Sigmoid(Vector256.Load(raw));
        (Vector256.Load(gradient) * color * (Vector256<float>.One - color)).Store(raw);
    }
}
