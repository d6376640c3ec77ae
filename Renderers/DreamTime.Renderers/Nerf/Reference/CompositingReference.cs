namespace DreamTime.Renderers;

/// <summary>Emission and absorption as the definition reads, in double, without an early stop; the gradient by the chain rule, quadratic in the samples.</summary>
internal static class CompositingReference
{
    /// <summary>weight_i = (1 - exp(-density_i step)) exp(-step sum_{j&lt;i} density_j).</summary>
    public static double[] Weights(double[] density, double step)
    {
        var weights = new double[density.Length];
        for (var i = 0; i < weights.Length; i++)
        {
            var before = 0.0;
            for (var j = 0; j < i; j++)
                before += density[j];
            weights[i] = (1 - Math.Exp(-density[i] * step)) * Math.Exp(-step * before);
        }

        return weights;
    }

    /// <summary>Red, green, blue, opacity, depth of a ray.</summary>
    public static double[] Forward(double[] density, double[][] color, double[] distance, double step, double[] background)
    {
        var weights = Weights(density, step);
        var result = new double[5];
        for (var i = 0; i < weights.Length; i++)
        {
            for (var c = 0; c < 3; c++)
                result[c] += weights[i] * color[c][i];
            result[3] += weights[i];
            result[4] += weights[i] * distance[i];
        }

        for (var c = 0; c < 3; c++)
            result[c] += (1 - result[3]) * background[c];
        return result;
    }

    /// <summary>The gradients of the densities and of the three colours, given those of <see cref="Forward"/>'s results and of the weights themselves.</summary>
    public static (double[] Density, double[][] Color) Backward(
        double[] density, double[][] color, double[] distance, double step, double[] background, double[] resultGradient, double[] weightGradient)
    {
        var count = density.Length;
        var weights = Weights(density, step);
        var densityGradient = new double[count];
        var colorGradient = new[] { new double[count], new double[count], new double[count] };
        var before = 0.0;
        for (var i = 0; i < count; i++)
        {
            var gradient = weightGradient[i] + resultGradient[3] + resultGradient[4] * distance[i];
            for (var c = 0; c < 3; c++)
            {
                gradient += resultGradient[c] * (color[c][i] - background[c]);
                colorGradient[c][i] = resultGradient[c] * weights[i];
            }

            for (var j = 0; j < i; j++)
                densityGradient[j] -= step * weights[i] * gradient;
            densityGradient[i] += step * Math.Exp(-step * (before + density[i])) * gradient;
            before += density[i];
        }

        return (densityGradient, colorGradient);
    }
}
