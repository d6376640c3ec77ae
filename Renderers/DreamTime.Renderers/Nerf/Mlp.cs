using System.Runtime.Intrinsics;

namespace DreamTime.Renderers;

/// <summary>
/// A multilayer perceptron over tiles of <see cref="Tile"/> points that lie along the vector lanes: activations are planes [neuron][point].
/// A tile's activations fit the first-level cache.
/// </summary>
internal static unsafe class Mlp
{
    /// <summary>Points in a tile.</summary>
    public const int Tile = 64;

    /// <summary>Floats in a lane-wise gradient accumulator for each weight: one sum for each lane, so that no lanes are added up within the loop.</summary>
    public const int Lanes = 8;

    /// <summary>One tile forward.</summary>
    /// <param name="layout">The shape.</param>
    /// <param name="weights">As the layout says.</param>
    /// <param name="input">Planes, <paramref name="inputStride"/> floats apart.</param>
    /// <param name="inputStride">From one plane to the next.</param>
    /// <param name="hidden">Receives every hidden layer after its ReLU: [layer][neuron][point].</param>
    /// <param name="output">Receives [neuron][point].</param>
    public static void Forward(MlpLayout layout, float* weights, float* input, int inputStride, float* hidden, float* output)
    {
        for (var l = 0; l < layout.Layers.Length; l++)
        {
            var layer = layout.Layers[l];
            var last = l == layout.HiddenLayers;
            var from = l == 0 ? input : hidden + (l - 1) * layout.Width * Tile;
            var to = last ? output : hidden + l * layout.Width * Tile;
            Multiply(weights + layer.Offset, layer.Outputs, layer.Inputs, from, l == 0 ? inputStride : Tile, to, Tile);
            if (!last)
                for (var i = 0; i < layer.Outputs * Tile; i += 8)
                    Vector256.Max(Vector256.Load(to + i), Vector256<float>.Zero).Store(to + i);
        }
    }

    /// <summary>One tile backward, from the hidden activations of <see cref="Forward"/>.</summary>
    /// <param name="layout">The shape.</param>
    /// <param name="transposed">The weights as <see cref="MlpLayout.Transpose"/> gives them.</param>
    /// <param name="input">Planes, <paramref name="stride"/> floats apart.</param>
    /// <param name="stride">From one plane of the input, and of its gradient, to the next.</param>
    /// <param name="hidden">From <see cref="Forward"/>; overwritten with the gradients.</param>
    /// <param name="outputGradient">[neuron][point].</param>
    /// <param name="inputGradient">Receives planes, <paramref name="stride"/> floats apart.</param>
    /// <param name="weightGradient">[weight][lane]: the tile's part is added.</param>
    /// <param name="scratch">Room for one layer: [neuron][point].</param>
    public static void Backward(
        MlpLayout layout, float* transposed, float* input, int stride, float* hidden, float* outputGradient, float* inputGradient, float* weightGradient, float* scratch)
    {
        var gradient = outputGradient;
        for (var l = layout.HiddenLayers; l >= 1; l--)
        {
            var layer = layout.Layers[l];
            var activation = hidden + (l - 1) * layout.Width * Tile;
            AddOuterProducts(gradient, layer.Outputs, activation, Tile, layer.Inputs, weightGradient + layer.Offset * Lanes);
            Multiply(transposed + layer.Offset, layer.Inputs, layer.Outputs, gradient, Tile, scratch, Tile);
            for (var i = 0; i < layer.Inputs * Tile; i += 8)
                (Vector256.Load(scratch + i) & Vector256.GreaterThan(Vector256.Load(activation + i), Vector256<float>.Zero)).Store(activation + i);
            gradient = activation;
        }

        AddOuterProducts(gradient, layout.Layers[0].Outputs, input, stride, layout.Layers[0].Inputs, weightGradient);
        Multiply(transposed, layout.Layers[0].Inputs, layout.Layers[0].Outputs, gradient, Tile, inputGradient, stride);
    }

    /// <summary>to[r][p] = sum over c of weights[r, c] from[c][p]: 4 rows by 16 points stay in registers.</summary>
    internal static void Multiply(float* weights, int rows, int columns, float* from, int fromStride, float* to, int toStride)
    {
        for (var r = 0; r < rows; r += 4)
            for (var p = 0; p < Tile; p += 16)
            {
                Vector256<float> a0 = default, a1 = default, b0 = default, b1 = default, c0 = default, c1 = default, d0 = default, d1 = default;
                var w = weights + r * columns;
                var x = from + p;
                for (var c = 0; c < columns; c++, w++, x += fromStride)
                {
                    var (x0, x1) = (Vector256.Load(x), Vector256.Load(x + 8));
                    var (wa, wb) = (Vector256.Create(w[0]), Vector256.Create(w[columns]));
                    var (wc, wd) = (Vector256.Create(w[2 * columns]), Vector256.Create(w[3 * columns]));
                    a0 = Vector256.MultiplyAddEstimate(wa, x0, a0);
                    a1 = Vector256.MultiplyAddEstimate(wa, x1, a1);
                    b0 = Vector256.MultiplyAddEstimate(wb, x0, b0);
                    b1 = Vector256.MultiplyAddEstimate(wb, x1, b1);
                    c0 = Vector256.MultiplyAddEstimate(wc, x0, c0);
                    c1 = Vector256.MultiplyAddEstimate(wc, x1, c1);
                    d0 = Vector256.MultiplyAddEstimate(wd, x0, d0);
                    d1 = Vector256.MultiplyAddEstimate(wd, x1, d1);
                }

                var y = to + r * toStride + p;
                a0.Store(y);
                a1.Store(y + 8);
                b0.Store(y + toStride);
                b1.Store(y + toStride + 8);
                c0.Store(y + 2 * toStride);
                c1.Store(y + 2 * toStride + 8);
                d0.Store(y + 3 * toStride);
                d1.Store(y + 3 * toStride + 8);
            }
    }

    /// <summary>sums[r, c][lane] += the sum over the tile's points of that lane of gradient[r][p] input[c][p]: 4 rows by 2 columns stay in registers.</summary>
    internal static void AddOuterProducts(float* gradient, int rows, float* input, int inputStride, int columns, float* sums)
    {
        for (var r = 0; r < rows; r += 4)
            for (var c = 0; c < columns; c += 2)
            {
                Vector256<float> a0 = default, a1 = default, b0 = default, b1 = default, c0 = default, c1 = default, d0 = default, d1 = default;
                var g = gradient + r * Tile;
                var x = input + c * inputStride;
                for (var p = 0; p < Tile; p += 8)
                {
                    var (x0, x1) = (Vector256.Load(x + p), Vector256.Load(x + inputStride + p));
                    var (ga, gb) = (Vector256.Load(g + p), Vector256.Load(g + Tile + p));
                    var (gc, gd) = (Vector256.Load(g + 2 * Tile + p), Vector256.Load(g + 3 * Tile + p));
                    a0 = Vector256.MultiplyAddEstimate(ga, x0, a0);
                    a1 = Vector256.MultiplyAddEstimate(ga, x1, a1);
                    b0 = Vector256.MultiplyAddEstimate(gb, x0, b0);
                    b1 = Vector256.MultiplyAddEstimate(gb, x1, b1);
                    c0 = Vector256.MultiplyAddEstimate(gc, x0, c0);
                    c1 = Vector256.MultiplyAddEstimate(gc, x1, c1);
                    d0 = Vector256.MultiplyAddEstimate(gd, x0, d0);
                    d1 = Vector256.MultiplyAddEstimate(gd, x1, d1);
                }

                Add(sums + (r * columns + c) * Lanes, a0, a1);
                Add(sums + ((r + 1) * columns + c) * Lanes, b0, b1);
                Add(sums + ((r + 2) * columns + c) * Lanes, c0, c1);
                Add(sums + ((r + 3) * columns + c) * Lanes, d0, d1);
            }
    }

    private static void Add(float* sums, Vector256<float> first, Vector256<float> second)
    {
        (Vector256.Load(sums) + first).Store(sums);
        (Vector256.Load(sums + Lanes) + second).Store(sums + Lanes);
    }
}
