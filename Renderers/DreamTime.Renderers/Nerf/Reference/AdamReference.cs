namespace DreamTime.Renderers;

/// <summary>Adam as its paper's algorithm 1 reads, in double; parameters whose gradient is exactly 0 are left alone.</summary>
internal static class AdamReference
{
    public static void Step(double[] parameters, double[] gradient, double[] mean, double[] square, int step, double learningRate)
    {
        const double beta1 = 0.9, beta2 = 0.99, epsilon = 1e-15;
        for (var i = 0; i < parameters.Length; i++)
        {
            if (gradient[i] == 0)
                continue;

            mean[i] = beta1 * mean[i] + (1 - beta1) * gradient[i];
            square[i] = beta2 * square[i] + (1 - beta2) * gradient[i] * gradient[i];
            var unbiasedMean = mean[i] / (1 - Math.Pow(beta1, step));
            var unbiasedSquare = square[i] / (1 - Math.Pow(beta2, step));
            parameters[i] -= learningRate * unbiasedMean / (Math.Sqrt(unbiasedSquare) + epsilon);
            gradient[i] = 0;
        }
    }
}
