namespace DreamTime.Renderers;

/// <summary>A material's numbers at a place as their definition reads, in double.</summary>
internal static class MaterialReference
{
    /// <summary>The sigmoid of the network's outputs at a point of the world.</summary>
    public static double[] At(HashGridLayout grid, MlpLayout network, double[] table, double[] weights, double radius, double[] place)
    {
        double Unit(double value) => Math.Clamp((value / radius + 1) / 2, 0, 1);
        var features = grid.Levels.Select(level => HashGridReference.Encode(level, table, Unit(place[0]), Unit(place[1]), Unit(place[2])))
            .SelectMany(pair => (double[])[pair.Feature0, pair.Feature1]).ToArray();
        return [.. MlpReference.Forward(network, weights, features)[^1].Select(raw => 1 / (1 + Math.Exp(-raw)))];
    }
}
