namespace DreamTime.Renderers;

/// <summary>The perceptron as its definition reads, in double, one point at a time.</summary>
internal static class MlpReference
{
    /// <summary>The input followed by every layer's output, ReLU applied to all but the last.</summary>
    public static double[][] Forward(MlpLayout layout, double[] weights, double[] input)
    {
        var activations = new double[layout.Layers.Length + 1][];
        activations[0] = input;
        for (var l = 0; l < layout.Layers.Length; l++)
        {
            var layer = layout.Layers[l];
            activations[l + 1] = new double[layer.Outputs];
            for (var o = 0; o < layer.Outputs; o++)
            {
                for (var i = 0; i < layer.Inputs; i++)
                    activations[l + 1][o] += weights[layer.Offset + o * layer.Inputs + i] * activations[l][i];
                if (l < layout.HiddenLayers)
                    activations[l + 1][o] = Math.Max(0, activations[l + 1][o]);
            }
        }

        return activations;
    }

    /// <summary>How the output changes along a direction of the input, at the point whose activations these are.</summary>
    public static double[] Tangent(MlpLayout layout, double[] weights, double[][] activations, double[] direction)
    {
        var tangent = direction;
        for (var l = 0; l < layout.Layers.Length; l++)
        {
            var layer = layout.Layers[l];
            var next = new double[layer.Outputs];
            for (var o = 0; o < layer.Outputs; o++)
                for (var i = 0; i < layer.Inputs && (l == layout.HiddenLayers || activations[l + 1][o] > 0); i++)
                    next[o] += weights[layer.Offset + o * layer.Inputs + i] * tangent[i];
            tangent = next;
        }

        return tangent;
    }

    /// <summary>Adds the weights' gradient of one point and returns the input's.</summary>
    public static double[] Backward(MlpLayout layout, double[] weights, double[][] activations, double[] outputGradient, double[] weightGradient)
    {
        var gradient = outputGradient;
        for (var l = layout.Layers.Length - 1; l >= 0; l--)
        {
            var layer = layout.Layers[l];
            var inputGradient = new double[layer.Inputs];
            for (var o = 0; o < layer.Outputs; o++)
            {
                if (l < layout.HiddenLayers && activations[l + 1][o] <= 0)
                    continue;
                for (var i = 0; i < layer.Inputs; i++)
                {
                    weightGradient[layer.Offset + o * layer.Inputs + i] += gradient[o] * activations[l][i];
                    inputGradient[i] += gradient[o] * weights[layer.Offset + o * layer.Inputs + i];
                }
            }

            gradient = inputGradient;
        }

        return gradient;
    }
}
