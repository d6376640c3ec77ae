using System.Numerics;

namespace DreamTime.Training;

/// <summary>AdamW (Loshchilov and Hutter 2019) with a moving average of the weights, in one pass over flat arrays.</summary>
public sealed class AdamW
{
    private const float Epsilon = 1e-8f;

    private readonly ParameterLayout layout;
    private readonly float beta1;
    private readonly float beta2;
    private readonly float weightDecay;

    /// <summary>An optimiser at step 0.</summary>
    /// <param name="layout">Which parts of the arrays are matrices.</param>
    /// <param name="beta1">Memory of the gradient, 0..1.</param>
    /// <param name="beta2">Memory of its square, 0..1.</param>
    /// <param name="weightDecay">Decoupled decay of matrices, per unit of learning rate.</param>
    public AdamW(ParameterLayout layout, float beta1, float beta2, float weightDecay)
    {
        ArgumentNullException.ThrowIfNull(layout);
        this.layout = layout;
        this.beta1 = beta1;
        this.beta2 = beta2;
        this.weightDecay = weightDecay;
        FirstMoment = new float[layout.Length];
        SecondMoment = new float[layout.Length];
    }

    /// <summary>Steps taken since the moments were zero.</summary>
    public long Steps { get; set; }

    /// <summary>Running mean of the gradient.</summary>
    public float[] FirstMoment { get; }

    /// <summary>Running mean of the squared gradient.</summary>
    public float[] SecondMoment { get; }

    /// <summary>One step.</summary>
    /// <param name="weights">The parameters, changed.</param>
    /// <param name="gradients">Their gradients.</param>
    /// <param name="gradientScale">What the gradients are multiplied by first.</param>
    /// <param name="learningRate">This step's learning rate.</param>
    /// <param name="average">The moving average of the parameters, changed.</param>
    /// <param name="averageDecay">How much of it stays.</param>
    public void Step(float[] weights, float[] gradients, float gradientScale, float learningRate, float[] average, float averageDecay)
    {
        Steps++;
        var rate = (float)(learningRate / (1 - Math.Pow(beta1, Steps)));
        var root = (float)(1 / Math.Sqrt(1 - Math.Pow(beta2, Steps)));
        Parallel.For(0, layout.Parameters.Count, i =>
        {
            var decay = layout.Decays(i) ? 1 - learningRate * weightDecay : 1;
            var w = layout.Slice(i, weights);
            var g = layout.Slice(i, gradients);
            var e = layout.Slice(i, average);
            var m = layout.Slice(i, FirstMoment);
            var v = layout.Slice(i, SecondMoment);
            var k = 0;
            for (; k <= w.Length - Vector<float>.Count; k += Vector<float>.Count)
            {
                var gradient = new Vector<float>(g[k..]) * gradientScale;
                var first = beta1 * new Vector<float>(m[k..]) + (1 - beta1) * gradient;
                var second = beta2 * new Vector<float>(v[k..]) + (1 - beta2) * gradient * gradient;
                var weight = decay * new Vector<float>(w[k..]) - rate * first / (root * Vector.SquareRoot(second) + new Vector<float>(Epsilon));
                first.CopyTo(m[k..]);
                second.CopyTo(v[k..]);
                weight.CopyTo(w[k..]);
                (averageDecay * new Vector<float>(e[k..]) + (1 - averageDecay) * weight).CopyTo(e[k..]);
            }
            for (; k < w.Length; k++)
            {
                var gradient = g[k] * gradientScale;
                m[k] = beta1 * m[k] + (1 - beta1) * gradient;
                v[k] = beta2 * v[k] + (1 - beta2) * gradient * gradient;
                w[k] = decay * w[k] - rate * m[k] / (root * MathF.Sqrt(v[k]) + Epsilon);
                e[k] = averageDecay * e[k] + (1 - averageDecay) * w[k];
            }
        });
    }
}
