namespace DreamTime.Renderers.Cuda;

/// <summary>Gradients of images, copied from the processor's memory to a device.</summary>
internal sealed class CudaImageGradients(IKernelDevice device) : IDisposable
{
    private readonly DeviceArray<float> _color = new(device), _opacity = new(device), _depth = new(device), _normals = new(device);

    /// <summary>Copies the parts that there are.</summary>
    public DevicePlanes Upload(ImageGradients gradients) =>
        new(Uploaded(_color, gradients.Color), Uploaded(_opacity, gradients.Opacity), Uploaded(_depth, gradients.Depth));

    /// <summary>Copies the gradient of the normals; 0 for none.</summary>
    public nint UploadNormals(ImageGradients gradients) => Uploaded(_normals, gradients.Normals);

    public void Dispose()
    {
        foreach (var array in (DeviceArray<float>[])[_color, _opacity, _depth, _normals])
            array.Dispose();
    }

    private static nint Uploaded(DeviceArray<float> to, float[]? from)
    {
        if (from is null)
            return 0;
        to.Upload(from);
        return to.Address;
    }
}
