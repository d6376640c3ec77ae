using DreamTime.Renderers.Cuda;

namespace DreamTime.CudaProof;

/// <summary>Something that kernels must get right.</summary>
/// <param name="Name">What, as a sentence.</param>
/// <param name="Tolerance">The largest error that rounding explains.</param>
/// <param name="Error">Runs it on a device, with a size that suits it, and returns the error: the largest difference over the largest expected value.</param>
public sealed record ProofCase(string Name, double Tolerance, Func<IKernelDevice, int, double> Error)
{
    /// <summary>Every case.</summary>
    public static IReadOnlyList<ProofCase> All { get; } =
        [
            .. KernelProofs.All, .. RendererProofs.All, .. UnboundedProofs.All, .. NeusKernelProofs.All, .. NeusProofs.All, .. SurfaceKernelProofs.All, .. LightProofs.All,
            .. SlopeProofs.All, .. DmtetProofs.All, .. SplatProofs.All, .. SplatRendererProofs.All,
        ];
}
