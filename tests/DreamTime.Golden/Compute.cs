using TorchSharp;
using static TorchSharp.torch;

namespace DreamTime.Golden;

/// <summary>Where the networks compute that the golden files are about.</summary>
internal static class Compute
{
    /// <summary>The CPU, unless a GPU was asked for.</summary>
    public static Device Device { get; private set; } = CPU;

    /// <summary>On an NVIDIA GPU, in single precision without the shorter products that convolutions take there by default.</summary>
    public static void OnGpu()
    {
        backends.cudnn.allow_tf32 = false;
        backends.cuda.matmul.allow_tf32 = false;
        Device = CUDA;
    }
}
