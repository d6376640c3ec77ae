using System.Runtime.Intrinsics;

namespace DreamTime.Renderers;

/// <summary>
/// Adam (Kingma and Ba 2015) with beta 0.9 and 0.99 and epsilon 1e-15, in one pass over memory that also clears the gradient.
/// Parameters whose gradient is exactly 0 are left alone, moments included: a hash grid's untouched entries neither drift nor cost.
/// (With these betas an entry's first step has the learning rate's size at whatever step it comes: (1 - 0.9) / sqrt(1 - 0.99) = 1.)
/// </summary>
internal static unsafe class Adam
{
    public const float Beta1 = 0.9f, Beta2 = 0.99f, Epsilon = 1e-15f;

    private const int Block = 1 << 14;

    /// <summary>The sum of squares of the gradient, in an order that does not depend on the threads.</summary>
    public static double SquaredNorm(float[] gradient, ParallelOptions parallel)
    {
        var sums = new double[(gradient.Length + Block - 1) / Block];
        Parallel.For(0, sums.Length, parallel, block =>
        {
            var sum = 0.0;
            foreach (var g in gradient.AsSpan(block * Block, Math.Min(Block, gradient.Length - block * Block)))
                sum += (double)g * g;
            sums[block] = sum;
        });
        return sums.Sum();
    }

    /// <summary>One step; the gradient is 0 afterwards.</summary>
    /// <param name="parameters">Are changed.</param>
    /// <param name="gradient">Is cleared.</param>
    /// <param name="mean">The first moment.</param>
    /// <param name="square">The second moment.</param>
    /// <param name="step">1 for the first step.</param>
    /// <param name="learningRate">The step's size where the gradient keeps its sign.</param>
    /// <param name="parallel">How many threads.</param>
    public static void Step(float[] parameters, float[] gradient, float[] mean, float[] square, int step, float learningRate, ParallelOptions parallel)
    {
        var rate = (float)(learningRate / (1 - Math.Pow(Beta1, step)));
        var correction = (float)(1 / Math.Sqrt(1 - Math.Pow(Beta2, step)));
        Parallel.For(0, (parameters.Length + Block - 1) / Block, parallel, block =>
        {
            var end = Math.Min(parameters.Length, (block + 1) * Block);
            fixed (float* p = parameters, g = gradient, m = mean, v = square)
            {
                var i = block * Block;
                for (; i + 8 <= end; i += 8)
                {
                    var gi = Vector256.Load(g + i);
                    var touched = ~Vector256.Equals(gi, Vector256<float>.Zero);
                    if (touched.AsInt32() == Vector256<int>.Zero)
                        continue;

                    var (m0, v0, p0) = (Vector256.Load(m + i), Vector256.Load(v + i), Vector256.Load(p + i));
                    var mi = m0 * Beta1 + gi * (1 - Beta1);
                    var vi = v0 * Beta2 + gi * gi * (1 - Beta2);
                    var pi = p0 - mi * rate / (Vector256.Sqrt(vi) * correction + Vector256.Create(Epsilon));
                    Vector256.ConditionalSelect(touched, mi, m0).Store(m + i);
                    Vector256.ConditionalSelect(touched, vi, v0).Store(v + i);
                    Vector256.ConditionalSelect(touched, pi, p0).Store(p + i);
                    Vector256<float>.Zero.Store(g + i);
                }

                for (; i < end; i++)
                {
                    if (g[i] == 0)
                        continue;

                    m[i] = m[i] * Beta1 + g[i] * (1 - Beta1);
                    v[i] = v[i] * Beta2 + g[i] * g[i] * (1 - Beta2);
                    p[i] -= m[i] * rate / (MathF.Sqrt(v[i]) * correction + Epsilon);
                    g[i] = 0;
                }
            }
        });
    }
}
