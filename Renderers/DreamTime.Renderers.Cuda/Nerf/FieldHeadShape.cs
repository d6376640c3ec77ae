namespace DreamTime.Renderers.Cuda;

/// <summary>What kernels make of a network's first output, as <c>head.h</c> counts it.</summary>
/// <param name="Activation">3 for a number of 0..1, 2 for the output itself, 1 for the truncated exponential, 0 for softplus.</param>
/// <param name="Blob">What is added before: a <see cref="DensityBlob"/>.</param>
internal readonly record struct FieldHeadShape(int Activation, int Blob)
{
    /// <summary>The output itself.</summary>
    public static FieldHeadShape Raw { get; } = new(2, 0);

    /// <summary>A number of 0..1, as the other outputs are.</summary>
    public static FieldHeadShape Color { get; } = new(3, 0);

    /// <summary>A NeRF's density.</summary>
    public static FieldHeadShape Density(NerfOptions options) =>
        new(options.DensityActivation == DensityActivation.TruncatedExponential ? 1 : 0, (int)options.DensityBlob);
}
