namespace DreamTime.Renderers.Cuda;

/// <summary>A call of NVIDIA's driver failed, or there is no driver or device to call.</summary>
public sealed class CudaException : Exception
{
    /// <summary>With the whole message.</summary>
    public CudaException(string message) : base(message)
    {
    }

    /// <summary>With the whole message and what lies behind it.</summary>
    public CudaException(string message, Exception inner) : base(message, inner)
    {
    }

    /// <summary>The driver's number of the error; 0 where no call was made.</summary>
    public int Code { get; init; }

    /// <summary>A failed call, in words: which, what the driver calls it, and what usually lies behind it.</summary>
    internal static CudaException Of(string call, int code, string name, string? detail = null) =>
        new($"{call} failed: {name} ({code}){Cause(code)}{(string.IsNullOrWhiteSpace(detail) ? "" : $": {detail.Trim()}")}.") { Code = code };

    private static string Cause(int code) => code switch
    {
        2 => "; the GPU's memory is full: smaller images, fewer views, or another program has it",
        3 or 34 => "; the driver is not running in this environment",
        100 => "; no NVIDIA GPU is visible: CUDA_VISIBLE_DEVICES can hide them, and a container must be given them",
        101 => "; there is no GPU of that number",
        200 or 218 or 222 => "; the driver does not accept the kernels, which need one for CUDA 12.3 or newer",
        209 => "; the kernels are for compute capability 7.5 and newer",
        214 or 700 or 716 or 717 or 719 => "; a kernel reached outside its memory, which is a defect of this program",
        802 or 803 => "; driver and kernel module do not fit each other: the machine may need a restart",
        _ => "",
    };
}
