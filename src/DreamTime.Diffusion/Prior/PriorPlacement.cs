using TorchSharp;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>
/// Where a prior's networks compute, and in which precision. What comes out is of the type and on the device of what went in, float32 on the CPU as a rule: only the
/// networks are elsewhere.
/// </summary>
public sealed record PriorPlacement
{
    /// <summary>The device.</summary>
    public PriorDevice Device { get; init; } = PriorDevice.Auto;

    /// <summary>
    /// Whether text encoder and denoiser compute in half precision, which a GPU does several times faster. The autoencoder stays in
    /// single precision: its activations leave half precision's range.
    /// </summary>
    public bool HalfPrecision { get; init; }

    /// <summary>Whether this comes to a GPU on this machine.</summary>
    /// <exception cref="NotSupportedException">A GPU is demanded, or half precision on the CPU; the message says what was found and what to do.</exception>
    public bool UsesGpu() => Resolve(() => NativeLibtorch.Cuda).Device == DeviceType.CUDA;

    /// <summary>Decides, on this machine.</summary>
    /// <exception cref="NotSupportedException">A GPU is demanded, or half precision on the CPU; the message says what was found and what to do.</exception>
    internal (DeviceType Device, ScalarType Networks) Resolve(Func<CudaStatus> look)
    {
        var cuda = Device == PriorDevice.Cpu ? null : look();
        if (Device == PriorDevice.Cuda && cuda is { IsUsable: false })
            throw new NotSupportedException($"The prior cannot run on a GPU: {cuda}.");
        if (cuda is { IsUsable: true })
            return (DeviceType.CUDA, HalfPrecision ? ScalarType.Float16 : ScalarType.Float32);
        return HalfPrecision
            ? throw new NotSupportedException(
                "Half precision is for a GPU, and the prior would run on the CPU, which computes it many times slower than single precision"
                    + (cuda is null ? "." : $": {cuda}."))
            : (DeviceType.CPU, ScalarType.Float32);
    }
}
