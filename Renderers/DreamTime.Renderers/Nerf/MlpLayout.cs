namespace DreamTime.Renderers;

/// <summary>
/// The shape of a multilayer perceptron without biases, ReLU between its layers, and where each layer's weights [outputs, inputs] lie in one array.
/// Inputs, width and outputs are multiples of 4.
/// </summary>
internal sealed class MlpLayout
{
    public MlpLayout(int inputs, int width, int hiddenLayers, int outputs)
    {
        (Width, HiddenLayers) = (width, hiddenLayers);
        Layers = new Layer[hiddenLayers + 1];
        for (var l = 0; l < Layers.Length; l++)
        {
            Layers[l] = new Layer(l < hiddenLayers ? width : outputs, l == 0 ? inputs : width, Parameters);
            Parameters += Layers[l].Outputs * Layers[l].Inputs;
        }
    }

    public int Width { get; }

    public int HiddenLayers { get; }

    public Layer[] Layers { get; }

    public int Parameters { get; }

    internal readonly record struct Layer(int Outputs, int Inputs, int Offset);

    /// <summary>Every layer's weights as [inputs, outputs], at the same offsets: what the backward pass multiplies by.</summary>
    public void Transpose(float[] weights, float[] transposed)
    {
        foreach (var layer in Layers)
            for (var o = 0; o < layer.Outputs; o++)
                for (var i = 0; i < layer.Inputs; i++)
                    transposed[layer.Offset + i * layer.Outputs + o] = weights[layer.Offset + o * layer.Inputs + i];
    }
}
