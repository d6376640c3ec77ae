namespace DreamTime.Diffusion;

/// <summary>Where a prior's networks compute.</summary>
public enum PriorDevice
{
    /// <summary>On a GPU where libtorch sees one, else on the CPU.</summary>
    Auto,

    /// <summary>On the CPU.</summary>
    Cpu,

    /// <summary>On an NVIDIA GPU; an error where there is none.</summary>
    Cuda,
}
