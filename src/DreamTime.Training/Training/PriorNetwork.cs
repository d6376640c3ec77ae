using DreamTime.Diffusion;
using TorchSharp;
using static TorchSharp.torch;

namespace DreamTime.Training;

/// <summary>The U-Net and its text encoder, trained together; their parameters under one set of names.</summary>
public sealed class PriorNetwork : IDisposable
{
    /// <summary>Begins the names of the U-Net's tensors.</summary>
    public const string UNetPrefix = "unet.";

    /// <summary>Begins the names of the text encoder's tensors.</summary>
    public const string TextPrefix = "text_encoder.";

    private readonly (string Name, TorchSharp.Modules.Parameter Value)[] parameters;

    /// <summary>A network with random weights, from torch's global generator.</summary>
    /// <param name="architecture">Its sizes.</param>
    /// <param name="device">Where it computes.</param>
    public PriorNetwork(PriorArchitecture architecture, DeviceType device = DeviceType.CPU)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        NativeLibtorch.Load();
        Device = new Device(device);
        Text = new CLIPTextModel(CLIPTextConfig.Parse(architecture.TextConfig())).to(Device);
        UNet = new UNet2DConditionModel(UNet2DConditionConfig.Parse(architecture.UNetConfig())).to(Device);
        parameters =
        [
            .. UNet.named_parameters().Select(pair => (UNetPrefix + pair.name, pair.parameter)),
            .. Text.named_parameters().Select(pair => (TextPrefix + pair.name, pair.parameter)),
        ];
        Layout = new ParameterLayout([.. parameters.Select(one => (one.Name, one.Value.shape))]);
    }

    /// <summary>The denoiser.</summary>
    public UNet2DConditionModel UNet { get; }

    /// <summary>The text encoder.</summary>
    public CLIPTextModel Text { get; }

    /// <summary>Where it computes.</summary>
    public Device Device { get; }

    /// <summary>Where flat arrays hold each parameter.</summary>
    public ParameterLayout Layout { get; }

    /// <summary>Copies all parameters out of the network.</summary>
    public void CopyTo(float[] values) => Gather([.. parameters.Select(one => (Tensor)one.Value)], values);

    /// <summary>Copies all parameters into the network.</summary>
    public void CopyFrom(float[] values)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var flat = tensor(values, device: Device).split([.. parameters.Select(one => one.Value.numel())]);
        for (var i = 0; i < parameters.Length; i++)
            parameters[i].Value.copy_(flat[i].view(parameters[i].Value.shape));
    }

    /// <summary>Moves the gradients out of the network: it holds zeros afterwards.</summary>
    public void TakeGradients(float[] gradients)
    {
        using var scope = NewDisposeScope();
        Tensor[] all = [.. parameters.Select(one => one.Value.grad ?? zeros_like(one.Value))];
        Gather(all, gradients);
        foreach (var gradient in all)
            gradient.zero_();
    }

    /// <summary>Frees the parameters.</summary>
    public void Dispose()
    {
        UNet.Dispose();
        Text.Dispose();
    }

    /// <summary>One copy from the device for all of them.</summary>
    private static void Gather(Tensor[] tensors, float[] into)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        cat([.. tensors.Select(one => one.flatten())]).cpu().data<float>().CopyTo(into);
    }
}
