using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>
/// The slope of a field's value at samples, per world unit, and the way back to the field's parameters. For a density the value before its activation will do as well: both
/// rise in the same direction.
/// </summary>
internal abstract class FieldSlope
{
    /// <summary>For each sample of the last <see cref="Evaluate"/>.</summary>
    public Vector3[] Values { get; private set; } = [];

    /// <summary>By a method.</summary>
    /// <param name="field">Whose slope.</param>
    /// <param name="method">Which one.</param>
    /// <param name="epsilon">Of the differences, in world units.</param>
    /// <param name="radius">Half the side of the unit cube, in world units.</param>
    /// <param name="parallel">How many threads.</param>
    public static FieldSlope Of(NerfField field, NormalMethod method, float epsilon, float radius, ParallelOptions parallel) => method == NormalMethod.Analytic
        ? new AnalyticSlope(field, radius, parallel)
        : new DifferenceSlope(field, epsilon, radius);

    /// <summary>Fills <see cref="Values"/>.</summary>
    /// <param name="samples">As the field's evaluation left them.</param>
    public void Evaluate(Samples samples)
    {
        if (Values.Length < samples.Padded)
            Values = new Vector3[samples.Padded + samples.Padded / 2];
        Fill(samples);
    }

    /// <summary>
    /// Adds to the gradients of the field's parameters, and to the gradient of the samples' values. Comes before the field's own backward pass, which uses up what this reads.
    /// </summary>
    /// <param name="samples">Those of the last <see cref="Evaluate"/>, with gradients in the place of their values.</param>
    /// <param name="gradient">dL/dslope for each sample, with room for the padding, where it is 0.</param>
    public abstract void Backward(Samples samples, Vector3[] gradient);

    /// <summary>Writes <see cref="Values"/>.</summary>
    protected abstract void Fill(Samples samples);
}
