namespace DreamTime.Renderers;

/// <summary>Slopes, normals and Lambert's law as their definitions read, in double, one point at a time.</summary>
internal static class SurfaceReference
{
    /// <summary>The slope of the network's first output, per world unit.</summary>
    public static double[] NetworkSlope(NerfOptions options, double[] table, double[] weights, double[] unit)
    {
        var grid = new HashGridLayout(options);
        var network = new MlpLayout(2 * options.Levels, options.HiddenWidth, options.HiddenLayers, 4);
        var features = new double[2 * grid.Levels.Length];
        for (var l = 0; l < grid.Levels.Length; l++)
            (features[2 * l], features[2 * l + 1]) = HashGridReference.Encode(grid.Levels[l], table, unit[0], unit[1], unit[2]);
        var activations = MlpReference.Forward(network, weights, features);

        var slope = new double[3];
        for (var axis = 0; axis < 3; axis++)
        {
            var tangent = new double[features.Length];
            for (var l = 0; l < grid.Levels.Length; l++)
                (tangent[2 * l], tangent[2 * l + 1]) = HashGridReference.Slope(grid.Levels[l], table, unit, axis);
            slope[axis] = MlpReference.Tangent(network, weights, activations, tangent)[0] / (2 * options.Radius);
        }

        return slope;
    }

    /// <summary>Central differences of a smooth function of the unit cube, per world unit.</summary>
    public static double[] SmoothSlope(Func<double[], double> value, double[] unit, double radius)
    {
        const double h = 1e-5;
        return [.. Enumerable.Range(0, 3).Select(axis => (value(Moved(unit, axis, h)) - value(Moved(unit, axis, -h))) / (4 * h * radius))];
    }

    /// <summary>Of length 1; 0 where the slope is.</summary>
    public static double[] Normal(double[] slope, double outward)
    {
        var length = Math.Sqrt(slope.Sum(s => s * s));
        return [.. slope.Select(s => length > 0 ? outward * s / length : 0)];
    }

    /// <summary>A colour under a light.</summary>
    public static double[] Shade(Shading shading, double[] albedo, double[] normal, double[] world)
    {
        double[] offset = [shading.Light.X - world[0], shading.Light.Y - world[1], shading.Light.Z - world[2]];
        var distance = Math.Sqrt(offset.Sum(o => o * o));
        var cosine = Math.Max(0, normal.Zip(offset, (n, o) => n * o).Sum() / distance);
        return [.. albedo.Select(a => (shading.IsTextureless ? 1 : a) * (shading.Ambient + shading.Diffuse * cosine))];
    }

    /// <summary>A point, moved along an axis.</summary>
    public static double[] Moved(double[] unit, int axis, double by)
    {
        double[] moved = [.. unit];
        moved[axis] += by;
        return moved;
    }
}
