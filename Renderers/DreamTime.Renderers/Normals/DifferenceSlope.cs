using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>The slope by forward differences.</summary>
internal sealed class DifferenceSlope(NerfField field, float epsilon, float radius) : FieldSlope
{
    private readonly NeusTaps _taps = new(epsilon, radius);

    /// <inheritdoc/>
    public override void Backward(Samples samples, Vector3[] gradient)
    {
        for (var i = 0; i < samples.Count; i++)
            samples.Density[i] += _taps.Backward(i, gradient[i]);
        field.Backward(_taps.Moved);
    }

    /// <inheritdoc/>
    protected override void Fill(Samples samples)
    {
        _taps.Place(samples, field.Features);
        field.Evaluate(_taps.Moved);
        for (var i = 0; i < samples.Count; i++)
            Values[i] = _taps.Gradient(samples, i);
    }
}
