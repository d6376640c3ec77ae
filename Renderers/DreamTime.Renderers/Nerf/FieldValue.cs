using System.Numerics;
using System.Runtime.Intrinsics;

namespace DreamTime.Renderers;

/// <summary>What the first output of a field's network means, at 8 points of the unit cube at once.</summary>
internal abstract class FieldValue
{
    /// <summary>The value of a raw output.</summary>
    public abstract Vector256<float> Of(Vector256<float> raw, Vector256<float> x, Vector256<float> y, Vector256<float> z);

    /// <summary>Its derivative by the raw output.</summary>
    public abstract Vector256<float> Derivative(Vector256<float> raw, Vector256<float> x, Vector256<float> y, Vector256<float> z);

    /// <summary>The slope of what is added to the raw output, per world unit.</summary>
    public abstract Vector3 BiasSlope(Vector3 world);
}
