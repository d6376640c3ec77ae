using System.Numerics;
using System.Runtime.Intrinsics;

namespace DreamTime.Renderers;

/// <summary>A signed distance, negative inside: the raw output and the distance to an ellipsoid around the origin, min(r) (|x / r| - 1), exact for a sphere.</summary>
/// <param name="radius">Half the side of the unit cube, in world units.</param>
/// <param name="radii">Of the ellipsoid, in world units.</param>
internal sealed class SignedDistanceValue(float radius, Vector3 radii) : FieldValue
{
    private readonly float _smallest = MathF.Min(radii.X, MathF.Min(radii.Y, radii.Z));

    /// <inheritdoc/>
    public override Vector256<float> Of(Vector256<float> raw, Vector256<float> x, Vector256<float> y, Vector256<float> z)
    {
        var (a, b, c) = (Share(x, radii.X), Share(y, radii.Y), Share(z, radii.Z));
        return raw + (Vector256.Sqrt(a * a + b * b + c * c) - Vector256<float>.One) * _smallest;
    }

    /// <inheritdoc/>
    public override Vector256<float> Derivative(Vector256<float> raw, Vector256<float> x, Vector256<float> y, Vector256<float> z) => Vector256<float>.One;

    /// <inheritdoc/>
    public override Vector3 BiasSlope(Vector3 world)
    {
        var share = world / radii;
        return share == Vector3.Zero ? Vector3.Zero : share / radii * (_smallest / share.Length());
    }

    private Vector256<float> Share(Vector256<float> unit, float axis) => (unit + unit - Vector256<float>.One) * (radius / axis);
}
