namespace DreamTime.Renderers;

/// <summary>A whole NeuS in double, composed of the reference operations, one sample after the other.</summary>
/// <param name="options">Shape of the field, its ellipsoid, and the finite difference.</param>
/// <param name="table">The hash grid's entries.</param>
/// <param name="weights">The network's weights.</param>
/// <param name="variance">The learned sharpness: its logarithm, divided by 10.</param>
internal sealed class NeusReference(NeusOptions options, double[] table, double[] weights, double[] variance)
{
    private readonly HashGridLayout _grid = new(options.Field);
    private readonly MlpLayout _network = new(2 * options.Field.Levels, options.Field.HiddenWidth, options.Field.HiddenLayers, 4);

    /// <summary>The samples of one ray.</summary>
    /// <param name="Positions">In the unit cube.</param>
    /// <param name="Direction">In the world, of length 1.</param>
    /// <param name="Distance">Along the ray.</param>
    /// <param name="Step">Length of the interval of each.</param>
    /// <param name="Background">Red, green, blue.</param>
    public sealed record Ray(double[][] Positions, double[] Direction, double[] Distance, double Step, double[] Background);

    /// <summary>Red, green, blue, opacity, depth, and the three parts of the normal; and the sum over the samples of (|gradient| - 1)^2.</summary>
    public (double[] Result, double Eikonal) Forward(Ray ray, double annealing, Shading? shading = null)
    {
        var (through, result, eikonal) = (1.0, new double[8], 0.0);
        for (var i = 0; i < ray.Positions.Length; i++)
        {
            var (distance, color) = Evaluate(ray.Positions[i]);
            var gradient = Gradient(ray.Positions[i], distance);
            var size = Math.Sqrt(gradient.Sum(g => g * g));
            eikonal += (size - 1) * (size - 1);

            var slope = gradient.Zip(ray.Direction, (g, d) => g * d).Sum();
            var alpha = Alpha(distance, slope, ray.Step, annealing);
            var normal = SurfaceReference.Normal(gradient, outward: 1);
            color = SurfaceReference.Shade(shading ?? Shading.Albedo, color, normal, [.. ray.Positions[i].Select(unit => (2 * unit - 1) * options.Field.Radius)]);
            for (var axis = 0; axis < 3; axis++)
                result[5 + axis] += through * alpha * normal[axis];
            for (var channel = 0; channel < 3; channel++)
                result[channel] += through * alpha * color[channel];
            result[4] += through * alpha * ray.Distance[i];
            through *= 1 - alpha;
        }

        for (var channel = 0; channel < 3; channel++)
            result[channel] += through * ray.Background[channel];
        result[3] = 1 - through;
        return (result, eikonal);
    }

    private double Alpha(double distance, double slope, double step, double annealing)
    {
        var falling = -(Math.Max(0, 0.5 - slope / 2) * (1 - annealing) + Math.Max(0, -slope) * annealing);
        var sharpness = Math.Exp(10 * variance[0]);
        var p = FieldHeadReference.Sigmoid((distance - falling * step / 2) * sharpness);
        var q = FieldHeadReference.Sigmoid((distance + falling * step / 2) * sharpness);
        return Math.Clamp((p - q + 1e-5) / (p + 1e-5), 0, 1 - 1e-6);
    }

    private double[] Gradient(double[] at, double distance)
    {
        if (options.NormalMethod == NormalMethod.Analytic)
            return [.. SurfaceReference.NetworkSlope(options.Field, table, weights, at).Zip(
                SurfaceReference.SmoothSlope(Ellipsoid, at, options.Field.Radius), (n, e) => n + e)];

        var gradient = new double[3];
        for (var axis = 0; axis < 3; axis++)
        {
            double[] moved = [.. at];
            moved[axis] = Math.Min(1, at[axis] + options.NormalEpsilon / (2.0 * options.Field.Radius));
            gradient[axis] = (Evaluate(moved).Distance - distance) / options.NormalEpsilon;
        }

        return gradient;
    }

    private (double Distance, double[] Color) Evaluate(double[] at)
    {
        var features = new double[2 * _grid.Levels.Length];
        for (var l = 0; l < _grid.Levels.Length; l++)
            (features[2 * l], features[2 * l + 1]) = HashGridReference.Encode(_grid.Levels[l], table, at[0], at[1], at[2]);
        var output = MlpReference.Forward(_network, weights, features)[^1];

        return (output[0] + Ellipsoid(at), [.. output.Skip(1).Select(FieldHeadReference.Sigmoid)]);
    }

    private double Ellipsoid(double[] at)
    {
        double[] radii = [options.InitialRadii.X, options.InitialRadii.Y, options.InitialRadii.Z];
        var squares = at.Zip(radii, (unit, radius) => Math.Pow((2 * unit - 1) * options.Field.Radius / radius, 2)).Sum();
        return (Math.Sqrt(squares) - 1) * radii.Min();
    }
}
