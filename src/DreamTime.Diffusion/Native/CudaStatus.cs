namespace DreamTime.Diffusion;

/// <summary>Whether libtorch computes on an NVIDIA GPU here, in words.</summary>
/// <param name="IsUsable">Whether it does.</param>
/// <param name="Found">What was found.</param>
/// <param name="Remedy">What to do where it does not; null where it does.</param>
public sealed record CudaStatus(bool IsUsable, string Found, string? Remedy)
{
    private const string Library = "torch_cuda";

    /// <summary>What was found and what to do, in one line.</summary>
    public override string ToString() => Remedy is null ? Found : $"{Found}; {Remedy}";

    /// <summary>Looks: first for a libtorch that knows CUDA, then for a driver, then for a device.</summary>
    /// <param name="folders">Where libtorch was loaded from.</param>
    /// <param name="hasLibrary">Whether a folder holds libtorch's part for CUDA.</param>
    /// <param name="hasDriver">Whether NVIDIA's driver can be loaded.</param>
    /// <param name="devices">How many devices libtorch sees; asked last, since asking starts CUDA.</param>
    internal static CudaStatus Look(IReadOnlyList<string> folders, Func<string, bool> hasLibrary, Func<bool> hasDriver, Func<int> devices)
    {
        string library = LibraryFile.Name(Library);
        if (folders.FirstOrDefault(hasLibrary) is not { } folder)
            return new CudaStatus(
                false, $"libtorch is a build for the CPU, without {library}, from {string.Join(", ", folders)}",
                $"let {NativeLibtorch.FolderVariable} name torch/lib of a PyTorch 2.10 or 2.11 for CUDA, or build with -p:TorchBackend=cuda");
        if (!hasDriver())
            return new CudaStatus(
                false, $"libtorch for CUDA lies in {folder}, and NVIDIA's driver ({DriverFile}) cannot be loaded",
                "install the driver of a GPU, version 570 or newer, or run on the CPU");
        int count = devices();
        return count > 0
            ? new CudaStatus(true, $"{count} {(count == 1 ? "device" : "devices")}, libtorch from {folder}", null)
            : new CudaStatus(
                false, $"libtorch for CUDA lies in {folder}, the driver is there, and no device is seen",
                "nvidia-smi shows what the driver sees; CUDA_VISIBLE_DEVICES can hide devices; the driver must be 570 or newer");
    }

    internal static string DriverFile => OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1";
}
