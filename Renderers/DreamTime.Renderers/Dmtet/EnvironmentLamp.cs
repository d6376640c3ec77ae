using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>Light from around one direction: the radiance falls as exp(sharpness (cos - 1)), a spherical Gaussian.</summary>
/// <param name="Direction">To the lamp, of length 1.</param>
/// <param name="Sharpness">Above 0: 10 fills a window, 1000 a lamp.</param>
/// <param name="Radiance">Linear, in its middle, each at least 0.</param>
public sealed record EnvironmentLamp(Vector3 Direction, float Sharpness, Vector3 Radiance)
{
    internal void Validate()
    {
        if (!(MathF.Abs(Direction.Length() - 1) < 1e-3f))
            throw new ArgumentOutOfRangeException(nameof(Direction), Direction, "A lamp's direction has length 1.");
        if (!(Sharpness > 0 && float.IsFinite(Sharpness)))
            throw new ArgumentOutOfRangeException(nameof(Sharpness), Sharpness, "A lamp's sharpness is finite and above 0.");
        Demand(nameof(Radiance), Radiance);
    }

    internal static void Demand(string name, Vector3 radiance)
    {
        if (!(radiance.X >= 0 && radiance.Y >= 0 && radiance.Z >= 0 && float.IsFinite(radiance.LengthSquared())))
            throw new ArgumentOutOfRangeException(name, radiance, "A radiance is finite and at least 0.");
    }
}
