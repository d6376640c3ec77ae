namespace DreamTime.Renderers;

/// <summary>Density and colour as their definitions read, in double.</summary>
internal static class FieldHeadReference
{
    /// <summary>What is added to the raw density at a point of the unit cube, which spans [-radius, radius] in the world.</summary>
    public static double Blob(DensityBlob blob, double radius, double x, double y, double z)
    {
        var (worldX, worldY, worldZ) = ((2 * x - 1) * radius, (2 * y - 1) * radius, (2 * z - 1) * radius);
        var squared = worldX * worldX + worldY * worldY + worldZ * worldZ;
        return blob switch
        {
            DensityBlob.Magic3D => 10 * (1 - Math.Sqrt(squared) / 0.5),
            DensityBlob.DreamFusion => 5 * Math.Exp(-squared / (2 * 0.2 * 0.2)),
            _ => 0,
        };
    }

    public static double Density(DensityActivation activation, double raw) =>
        activation == DensityActivation.Softplus ? Math.Log(1 + Math.Exp(raw)) : Math.Exp(Math.Min(raw, FieldHead.LargestExponent));

    public static double DensityDerivative(DensityActivation activation, double raw) =>
        activation == DensityActivation.Softplus ? Sigmoid(raw) : Math.Exp(Math.Min(raw, FieldHead.LargestGradientExponent));

    public static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
}
