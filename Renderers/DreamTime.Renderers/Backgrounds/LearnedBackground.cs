using System.Numerics;
using System.Runtime.InteropServices;

namespace DreamTime.Renderers;

/// <summary>
/// A network of the viewing direction (Poole et al. 2022, DreamFusion): real spherical harmonics up to degree 2 of the ray's direction, two hidden layers of 16 without biases, a
/// sigmoid. Half of the views have a random colour instead.
/// </summary>
public sealed class LearnedBackground : Background
{
    private const string Signature = "DreamTime background 1";

    private const int Basis = 9, Padded = 12, Hidden = 16, Draws = 300;

    internal static readonly MlpLayout Layout = new(Padded, Hidden, 2, 4);

    private readonly Parameters _weights = new(Layout.Parameters);
    private readonly float[] _transposed = new float[Layout.Parameters];
    private readonly long _seed;
    private readonly float _learningRate;
    private readonly double _randomShare;
    private IReadOnlyList<Camera> _cameras = [];
    private bool[] _isRandom = [];
    private int _steps;

    /// <summary>A network that gives a nearly even grey.</summary>
    /// <param name="seed">Of its weights and the draws.</param>
    /// <param name="learningRate">Adam's, at least 0; threestudio's.</param>
    /// <param name="randomShare">How many of the views have a random colour instead, 0..1.</param>
    public LearnedBackground(long seed, float learningRate = 0.001f, double randomShare = 0.5)
    {
        if (!(learningRate >= 0 && float.IsFinite(learningRate)))
            throw new ArgumentOutOfRangeException(nameof(learningRate), learningRate, "A learning rate is finite and at least 0.");
        if (!(randomShare is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(randomShare), randomShare, "A share lies in 0..1.");

        (_seed, _learningRate, _randomShare) = (seed, learningRate, randomShare);
        foreach (var layer in Layout.Layers)
            for (var i = layer.Offset; i < layer.Offset + layer.Outputs * layer.Inputs; i++)
                _weights.Values[i] = (float)((2 * CounterRandom.Uniform(seed, i, 2, 0) - 1) / Math.Sqrt(layer.Inputs));
    }

    internal Parameters Weights => _weights;

    /// <inheritdoc/>
    public override void Step(float learningRateScale = 1) =>
        _weights.Step(++_steps, _learningRate * learningRateScale, new ParallelOptions { MaxDegreeOfParallelism = 1 });

    /// <inheritdoc/>
    public override void WriteState(Stream stream)
    {
        using var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true);
        writer.Write(Signature);
        writer.Write(_steps);
        foreach (var array in _weights.Arrays)
            writer.Write(MemoryMarshal.AsBytes(array.AsSpan()));
    }

    /// <inheritdoc/>
    public override void ReadState(Stream stream)
    {
        using var reader = new BinaryReader(stream, System.Text.Encoding.UTF8, leaveOpen: true);
        try
        {
            var signature = reader.ReadString();
            if (signature != Signature)
                throw new InvalidDataException($"The background's state has the signature '{signature}' where '{Signature}' was expected.");

            var steps = reader.ReadInt32();
            var read = _weights.Arrays.Select(array => new float[array.Length]).ToArray();
            foreach (var array in read)
                stream.ReadExactly(MemoryMarshal.AsBytes(array.AsSpan()));
            foreach (var (from, to) in read.Zip(_weights.Arrays))
                from.CopyTo(to, 0);
            _steps = steps;
        }
        catch (EndOfStreamException e)
        {
            throw new InvalidDataException("The background's state ends too early: it is cut off.", e);
        }
    }

    private protected override void Paint(float[] colors, IReadOnlyList<Camera> cameras, int height, int width, int step)
    {
        _cameras = cameras;
        _isRandom = [.. Enumerable.Range(0, cameras.Count).Select(view => CounterRandom.Uniform(_seed, step, view, Draws) < _randomShare)];
        for (var view = 0; view < cameras.Count; view++)
        {
            var first = 3 * view * height * width;
            if (_isRandom[view])
            {
                var color = RandomColor(k => CounterRandom.Uniform(_seed, step, view, Draws + 1 + k));
                for (var channel = 0; channel < 3; channel++)
                    colors.AsSpan(first + channel * height * width, height * width).Fill(color[channel]);
            }
            else
                EachTile(cameras[view], height, width, (pixels, output, _, _) => Store(colors.AsSpan(first), height * width, pixels, output));
        }
    }

    private protected override unsafe void Learn(float[] gradient, int height, int width)
    {
        Layout.Transpose(_weights.Values, _transposed);
        var lanes = new float[Layout.Parameters * Mlp.Lanes];
        for (var view = 0; view < _cameras.Count; view++)
        {
            if (_isRandom[view])
                continue;

            var first = 3 * view * height * width;
            EachTile(_cameras[view], height, width, (pixels, output, input, hidden) =>
            {
                for (var channel = 0; channel < 3; channel++)
                    for (var k = 0; k < Mlp.Tile; k++)
                    {
                        var color = Sigmoid(output[channel * Mlp.Tile + k]);
                        var at = pixels.Start.Value + k;
                        output[channel * Mlp.Tile + k] = at < pixels.End.Value ? gradient[first + channel * height * width + at] * color * (1 - color) : 0;
                    }

                output.AsSpan(3 * Mlp.Tile).Clear();
                var (inputGradient, scratch) = (new float[Padded * Mlp.Tile], new float[Hidden * Mlp.Tile]);
                fixed (float* transposed = _transposed, x = input, h = hidden, o = output, g = inputGradient, sums = lanes, s = scratch)
                    Mlp.Backward(Layout, transposed, x, Mlp.Tile, h, o, g, sums, s);
            });
        }

        for (var i = 0; i < Layout.Parameters; i++)
            for (var lane = 0; lane < Mlp.Lanes; lane++)
                _weights.Gradient[i] += lanes[i * Mlp.Lanes + lane];
    }

    private delegate void TileWork(Range pixels, float[] output, float[] input, float[] hidden);

    private unsafe void EachTile(Camera camera, int height, int width, TileWork work)
    {
        var (input, hidden, output) = (new float[Padded * Mlp.Tile], new float[2 * Hidden * Mlp.Tile], new float[4 * Mlp.Tile]);
        for (var start = 0; start < height * width; start += Mlp.Tile)
        {
            var end = Math.Min(start + Mlp.Tile, height * width);
            Array.Clear(input);
            for (var pixel = start; pixel < end; pixel++)
                Harmonics2(camera.RayDirection(pixel % width + 0.5f, pixel / width + 0.5f, width, height), input.AsSpan(pixel - start));
            fixed (float* weights = _weights.Values, x = input, h = hidden, o = output)
                Mlp.Forward(Layout, weights, x, Mlp.Tile, h, o);
            work(start..end, output, input, hidden);
        }
    }

    private static void Store(Span<float> colors, int plane, Range pixels, float[] output)
    {
        for (var channel = 0; channel < 3; channel++)
            for (var pixel = pixels.Start.Value; pixel < pixels.End.Value; pixel++)
                colors[channel * plane + pixel] = Sigmoid(output[channel * Mlp.Tile + pixel - pixels.Start.Value]);
    }

    /// <summary>The functions of degrees 0 to 2 without their constants, which the network's weights take: planes of a tile.</summary>
    private static void Harmonics2(Vector3 d, Span<float> planes)
    {
        ReadOnlySpan<float> basis = [1, d.X, d.Y, d.Z, d.X * d.Y, d.Y * d.Z, d.X * d.Z, d.X * d.X - d.Y * d.Y, 3 * d.Z * d.Z - 1];
        for (var k = 0; k < Basis; k++)
            planes[k * Mlp.Tile] = basis[k];
    }

    private static float Sigmoid(float x) => 1 / (1 + MathF.Exp(-x));
}
