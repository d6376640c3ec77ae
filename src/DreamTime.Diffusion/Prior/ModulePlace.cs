using TorchSharp;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>Where a network's parameters lie, and of which type they are: what it reads must be brought there, and what it says back.</summary>
internal readonly record struct ModulePlace(Device Device, ScalarType Type)
{
    /// <summary>The place of a network, whose parameters all lie together.</summary>
    public static ModulePlace Of(nn.Module module)
    {
        var parameter = module.parameters().First();
        return new ModulePlace(parameter.device, parameter.dtype);
    }

    /// <summary>Moves a network.</summary>
    public static void Move(nn.Module module, DeviceType device, ScalarType type)
    {
        // Only to name a device of CUDA fails where there is none.
        if (Of(module) is var place && (place.Device.type != device || place.Type != type))
            module.to(device == DeviceType.CPU ? CPU : torch.CUDA, type);
    }

    /// <summary>A tensor at this place; differentiable. Indices keep their type.</summary>
    public Tensor Bring(Tensor tensor) =>
        !tensor.is_floating_point() ? tensor.device == Device ? tensor : tensor.to(Device)
        : tensor.device == Device && tensor.dtype == Type ? tensor
        : tensor.to(Type, Device);

    /// <summary>A result where its input came from; differentiable.</summary>
    public static Tensor Back(Tensor result, Tensor input) =>
        result.device == input.device && result.dtype == input.dtype ? result : result.to(input.dtype, input.device);
}
