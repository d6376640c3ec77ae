using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>Fits a field's value to a solid before anything else is learned: half of the points everywhere, half near the surface.</summary>
/// <param name="field">Is changed.</param>
/// <param name="radius">Half the side of its cube, in world units.</param>
/// <param name="parallel">How many threads.</param>
internal sealed class FieldStart(NerfField field, float radius, ParallelOptions parallel)
{
    private const int Points = 1 << 12, Batches = 8;

    /// <summary>Steps with a falling learning rate on a fixed choice of points, some of them at each.</summary>
    /// <param name="shape">The solid.</param>
    /// <param name="steps">How many.</param>
    /// <param name="seed">Of the points.</param>
    /// <param name="learningRate">Adam's, at the beginning.</param>
    /// <param name="gradient">d(loss) / d(value) from a value and the signed distance.</param>
    /// <returns>The mean absolute gradient of the last batch.</returns>
    public double Fit(SignedShape shape, int steps, long seed, float learningRate, Func<float, float, float> gradient)
    {
        var (points, distances) = (new Vector3[Batches * Points], new float[Batches * Points]);
        Parallel.For(0, points.Length, parallel, i =>
        {
            points[i] = Point(shape, seed, i);
            distances[i] = shape.Distance(points[i]);
        });

        var (samples, error) = (new Samples(), 0.0);
        for (var step = 1; step <= steps; step++)
        {
            var first = step % Batches * Points;
            samples.Allocate([Points], field.Features);
            for (var i = 0; i < Points; i++)
            {
                var unit = points[first + i] * (0.5f / radius) + new Vector3(0.5f);
                (samples.X[i], samples.Y[i], samples.Z[i]) = (unit.X, unit.Y, unit.Z);
            }

            field.Evaluate(samples);
            error = 0;
            for (var i = 0; i < Points; i++)
            {
                var slope = gradient(samples.Density[i], distances[first + i]);
                error += Math.Abs(slope) / Points;
                (samples.Density[i], samples.Red[i], samples.Green[i], samples.Blue[i]) = (slope / Points, 0, 0, 0);
            }

            field.Backward(samples);
            var rate = learningRate * MathF.Pow(0.05f, (float)step / steps);
            field.Table.Step(step, rate, parallel);
            field.Weights.Step(step, rate, parallel);
        }

        // The run that follows starts with fresh moments.
        foreach (var parameters in (Parameters[])[field.Table, field.Weights])
        {
            Array.Clear(parameters.Mean);
            Array.Clear(parameters.Square);
        }

        return error;
    }

    private Vector3 Point(SignedShape shape, long seed, int i)
    {
        double Uniform(int dimension) => CounterRandom.Uniform(seed, -1, i, dimension);

        var anywhere = radius * new Vector3((float)(2 * Uniform(0) - 1), (float)(2 * Uniform(1) - 1), (float)(2 * Uniform(2) - 1));
        if (i % 2 == 0)
            return anywhere;

        var near = shape.SurfacePoint(Uniform(3), Uniform(4), Uniform(5)).Position + 0.08f * anywhere;
        return Vector3.Clamp(near, new Vector3(-radius), new Vector3(radius));
    }
}
