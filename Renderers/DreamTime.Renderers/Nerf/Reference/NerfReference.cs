namespace DreamTime.Renderers;

/// <summary>A whole radiance field in double, composed of the reference operations, one sample after the other.</summary>
/// <param name="options">Shape of the field.</param>
/// <param name="table">The hash grid's entries.</param>
/// <param name="weights">The network's weights.</param>
internal sealed class NerfReference(NerfOptions options, double[] table, double[] weights)
{
    private readonly HashGridLayout _grid = new(options);
    private readonly MlpLayout _network = new(2 * options.Levels, options.HiddenWidth, options.HiddenLayers, 4);

    /// <summary>The samples of one ray.</summary>
    /// <param name="Positions">In the unit cube.</param>
    /// <param name="Distance">Along the ray.</param>
    /// <param name="Step">Length of the interval of each.</param>
    /// <param name="Background">Red, green, blue.</param>
    public sealed record Ray((double X, double Y, double Z)[] Positions, double[] Distance, double Step, double[] Background)
    {
        /// <summary>How many times longer than <see cref="Step"/> the interval of each is.</summary>
        public double[] Stretch { get; init; } = [.. Distance.Select(_ => 1.0)];
    }

    /// <summary>Red, green, blue, opacity, depth.</summary>
    public double[] Forward(Ray ray)
    {
        var field = Array.ConvertAll(ray.Positions, Evaluate);
        return CompositingReference.Forward(Densities(ray, field), Colors(field), ray.Distance, ray.Step, ray.Background);
    }

    /// <summary>Red, green, blue under a light, opacity, depth, and the three parts of the normal.</summary>
    public double[] Forward(Ray ray, Shading shading)
    {
        var field = Array.ConvertAll(ray.Positions, Evaluate);
        var normals = Normals(ray);
        var lit = ray.Positions.Select((at, i) => SurfaceReference.Shade(shading, field[i].Color, normals[i],
            [(2 * at.X - 1) * options.CubeRadius, (2 * at.Y - 1) * options.CubeRadius, (2 * at.Z - 1) * options.CubeRadius])).ToArray();
        double[][] colors = [.. Enumerable.Range(0, 3).Select(c => Array.ConvertAll(lit, color => color[c]))];
        var result = CompositingReference.Forward(Densities(ray, field), colors, ray.Distance, ray.Step, ray.Background);
        return [.. result, .. Enumerable.Range(0, 3).Select(axis => Weights(ray).Zip(normals, (w, n) => w * n[axis]).Sum())];
    }

    /// <summary>Of each sample.</summary>
    public double[] Weights(Ray ray) => CompositingReference.Weights(Densities(ray, Array.ConvertAll(ray.Positions, Evaluate)), ray.Step);

    /// <summary>Of each sample.</summary>
    public double[][] Normals(Ray ray) => Array.ConvertAll(ray.Positions, at => SurfaceReference.Normal(Slope([at.X, at.Y, at.Z]), outward: -1));

    /// <summary>The slope of the density by differences; analytically, that of the value before its activation, which has the same direction.</summary>
    private double[] Slope(double[] at)
    {
        if (options.NormalMethod == NormalMethod.FiniteDifference)
            return [.. Enumerable.Range(0, 3).Select(axis => Density(Taken(at, axis)) - Density(at))];

        var blob = SurfaceReference.SmoothSlope(unit => FieldHeadReference.Blob(options.DensityBlob, options.CubeRadius, unit[0], unit[1], unit[2]), at, options.CubeRadius);
        return [.. SurfaceReference.NetworkSlope(options, table, weights, at).Zip(blob, (n, b) => n + b)];

        double Density(double[] unit) => Evaluate((unit[0], unit[1], unit[2])).Density;

        double[] Taken(double[] unit, int axis) => [.. SurfaceReference.Moved(unit, axis, options.NormalEpsilon / (2.0 * options.CubeRadius)).Select(u => Math.Min(1, u))];
    }

    /// <summary>Adds to the gradients of table and weights, given the gradient of <see cref="Forward(Ray)"/>'s result.</summary>
    public void Backward(Ray ray, double[] resultGradient, double[] tableGradient, double[] weightGradient)
    {
        var field = Array.ConvertAll(ray.Positions, Evaluate);
        var (density, color) = CompositingReference.Backward(
            Densities(ray, field), Colors(field), ray.Distance, ray.Step, ray.Background, resultGradient, new double[field.Length]);
        for (var i = 0; i < field.Length; i++)
        {
            var output = new double[4];
            output[0] = density[i] * ray.Stretch[i] * FieldHeadReference.DensityDerivative(options.DensityActivation, field[i].Raw);
            for (var c = 0; c < 3; c++)
                output[c + 1] = color[c][i] * field[i].Color[c] * (1 - field[i].Color[c]);
            var features = MlpReference.Backward(_network, weights, field[i].Activations, output, weightGradient);
            var (x, y, z) = ray.Positions[i];
            for (var l = 0; l < _grid.Levels.Length; l++)
                HashGridReference.Backward(_grid.Levels[l], x, y, z, features[2 * l], features[2 * l + 1], tableGradient);
        }
    }

    private readonly record struct Point(double[][] Activations, double Raw, double Density, double[] Color);

    private Point Evaluate((double X, double Y, double Z) at)
    {
        var features = new double[2 * _grid.Levels.Length];
        for (var l = 0; l < _grid.Levels.Length; l++)
            (features[2 * l], features[2 * l + 1]) = HashGridReference.Encode(_grid.Levels[l], table, at.X, at.Y, at.Z);
        var activations = MlpReference.Forward(_network, weights, features);
        var raw = activations[^1][0] + FieldHeadReference.Blob(options.DensityBlob, options.CubeRadius, at.X, at.Y, at.Z);
        return new Point(
            activations, raw, FieldHeadReference.Density(options.DensityActivation, raw), [.. activations[^1].Skip(1).Select(FieldHeadReference.Sigmoid)]);
    }

    private static double[] Densities(Ray ray, Point[] field) => [.. field.Select((p, i) => p.Density * ray.Stretch[i])];

    private static double[][] Colors(Point[] field) => [.. Enumerable.Range(0, 3).Select(c => Array.ConvertAll(field, p => p.Color[c]))];
}
