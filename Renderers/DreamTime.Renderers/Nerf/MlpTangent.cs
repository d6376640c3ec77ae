using System.Runtime.Intrinsics;

namespace DreamTime.Renderers;

/// <summary>
/// The slope of the perceptron's first output by its input, one tile at a time, and the gradient of a slope along a direction. Between its ReLUs' kinks the network is linear, so
/// the slope is the product of its weights with the units that are off left out, and no second derivative occurs.
/// </summary>
internal static unsafe class MlpTangent
{
    private const int Tile = Mlp.Tile;

    /// <summary>d(first output) / d(input), from the hidden activations of <see cref="Mlp.Forward"/>, which are overwritten.</summary>
    /// <param name="layout">The shape.</param>
    /// <param name="transposed">The weights as <see cref="MlpLayout.Transpose"/> gives them.</param>
    /// <param name="hidden">From <see cref="Mlp.Forward"/>; used up.</param>
    /// <param name="slope">Receives planes, <paramref name="stride"/> floats apart.</param>
    /// <param name="stride">From one plane to the next.</param>
    /// <param name="scratch">Room for one layer: [neuron][point].</param>
    public static void InputSlope(MlpLayout layout, float* transposed, float* hidden, float* slope, int stride, float* scratch)
    {
        var gradient = stackalloc float[layout.Layers[^1].Outputs * Tile];
        FirstOutput(gradient, layout.Layers[^1].Outputs);
        var from = gradient;
        for (var l = layout.HiddenLayers; l >= 1; l--)
        {
            var layer = layout.Layers[l];
            var activation = hidden + (l - 1) * layout.Width * Tile;
            Mlp.Multiply(transposed + layer.Offset, layer.Inputs, layer.Outputs, from, Tile, scratch, Tile);
            MaskInto(scratch, activation, activation, layer.Inputs);
            from = activation;
        }

        Mlp.Multiply(transposed, layout.Layers[0].Inputs, layout.Layers[0].Outputs, from, Tile, slope, stride);
    }

    /// <summary>
    /// The gradient of d(first output) along <paramref name="tangent"/>: to the weights, and to the tangent itself, which it replaces.
    /// </summary>
    /// <param name="layout">The shape.</param>
    /// <param name="weights">As the layout says.</param>
    /// <param name="transposed">As <see cref="MlpLayout.Transpose"/> gives them.</param>
    /// <param name="hidden">The activations at the point; used up.</param>
    /// <param name="tangent">A direction of the input, planes <paramref name="stride"/> floats apart; receives the gradient.</param>
    /// <param name="stride">From one plane to the next.</param>
    /// <param name="weightGradient">[weight][lane]: the tile's part is added.</param>
    /// <param name="scratch">Room for as many layers as are hidden, and one more: [layer][neuron][point].</param>
    public static void Backward(
        MlpLayout layout, float* weights, float* transposed, float* hidden, float* tangent, int stride, float* weightGradient, float* scratch)
    {
        // Forward: the tangent passes the units that are on.
        var work = scratch + layout.HiddenLayers * layout.Width * Tile;
        for (var l = 0; l < layout.HiddenLayers; l++)
        {
            var layer = layout.Layers[l];
            var from = l == 0 ? tangent : scratch + (l - 1) * layout.Width * Tile;
            Mlp.Multiply(weights + layer.Offset, layer.Outputs, layer.Inputs, from, l == 0 ? stride : Tile, work, Tile);
            MaskInto(work, hidden + l * layout.Width * Tile, scratch + l * layout.Width * Tile, layer.Outputs);
        }

        var output = stackalloc float[layout.Layers[^1].Outputs * Tile];
        FirstOutput(output, layout.Layers[^1].Outputs);
        var gradient = output;
        for (var l = layout.HiddenLayers; l >= 1; l--)
        {
            var layer = layout.Layers[l];
            var passed = scratch + (l - 1) * layout.Width * Tile;
            var activation = hidden + (l - 1) * layout.Width * Tile;
            Mlp.AddOuterProducts(gradient, layer.Outputs, passed, Tile, layer.Inputs, weightGradient + layer.Offset * Mlp.Lanes);
            Mlp.Multiply(transposed + layer.Offset, layer.Inputs, layer.Outputs, gradient, Tile, work, Tile);
            MaskInto(work, activation, activation, layer.Inputs);
            gradient = activation;
        }

        Mlp.AddOuterProducts(gradient, layout.Layers[0].Outputs, tangent, stride, layout.Layers[0].Inputs, weightGradient);
        Mlp.Multiply(transposed, layout.Layers[0].Inputs, layout.Layers[0].Outputs, gradient, Tile, tangent, stride);
    }

    private static void FirstOutput(float* gradient, int outputs)
    {
        new Span<float>(gradient, outputs * Tile).Clear();
        new Span<float>(gradient, Tile).Fill(1);
    }

    private static void MaskInto(float* values, float* activation, float* to, int neurons)
    {
        for (var i = 0; i < neurons * Tile; i += 8)
            (Vector256.Load(values + i) & Vector256.GreaterThan(Vector256.Load(activation + i), Vector256<float>.Zero)).Store(to + i);
    }
}
