using DreamTime.Diffusion;
using DreamTime.Renderers;
using DreamTime.Renderers.Cuda;
using TorchSharp;
using static TorchSharp.torch;

namespace DreamTime;

/// <summary>
/// A renderer and a prior on one GPU: views are rendered into the tensors that the prior reads, and the prior's gradient is read where it lies. Both ask for their work on the
/// default stream of the device's primary context, so its order is theirs and nobody waits for the other.
/// </summary>
internal sealed class SharedMemory
{
    private readonly IDeviceRenderer _renderer;
    private readonly Device _device;

    private SharedMemory(IDeviceRenderer renderer, Device device) => (_renderer, _device) = (renderer, device);

    /// <summary>The memory that both use; null where they have none in common.</summary>
    public static SharedMemory? Between(IRenderer renderer, Prior prior) => renderer is not IDeviceRenderer here
        ? null
        : here.Device switch
        {
            CudaDevice { Info.Index: 0 } when prior.IsOnGpu => new(here, CUDA),
            { HasHostMemory: true } when !prior.IsOnGpu => new(here, CPU),
            _ => null,
        };

    /// <summary>Renders, asks the guidance, and takes the gradient back; the renderer has yet to step.</summary>
    /// <returns>The size of the guidance's residual, and the views' mean opacity.</returns>
    public (double Residual, double Opacity) Distil(
        ScoreDistillation guidance, IReadOnlyList<Camera> cameras, int size, RenderSettings settings, IReadOnlyList<int> timesteps, Conditioning? conditioning, long noiseSeed)
    {
        using var scope = NewDisposeScope();
        var color = empty([cameras.Count, 3, size, size], float32, _device);
        var (opacity, depth) = (empty([cameras.Count, size, size], float32, _device), empty([cameras.Count, size, size], float32, _device));
        _renderer.Render(cameras, size, size, settings, new DevicePlanes(AddressOf(color), AddressOf(opacity), AddressOf(depth)));
        var tensors = guidance.Gradient(color, timesteps, conditioning, noiseSeed);
        _renderer.Backward(new DevicePlanes(AddressOf(tensors.Image.contiguous()), 0, 0));
        return (ScoreDistillation.FiniteResidual(tensors, timesteps), opacity.mean().ToDouble());
    }

    /// <summary>Where the numbers of a contiguous tensor begin. TorchSharp only tells where its storage does.</summary>
    private static nint AddressOf(Tensor tensor) => tensor.storage<float>().data_ptr() + (nint)(tensor.storage_offset() * sizeof(float));
}
