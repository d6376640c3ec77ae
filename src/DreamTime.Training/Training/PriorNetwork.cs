using System.Runtime.InteropServices;
using DreamTime.Diffusion;
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
    public PriorNetwork(PriorArchitecture architecture)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        NativeLibtorch.Load();
        Text = new CLIPTextModel(CLIPTextConfig.Parse(architecture.TextConfig()));
        UNet = new UNet2DConditionModel(UNet2DConditionConfig.Parse(architecture.UNetConfig()));
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

    /// <summary>Where flat arrays hold each parameter.</summary>
    public ParameterLayout Layout { get; }

    /// <summary>Copies all parameters out of the network.</summary>
    public void CopyTo(float[] values)
    {
        for (var i = 0; i < parameters.Length; i++)
            Floats(parameters[i].Value).CopyTo(Layout.Slice(i, values));
    }

    /// <summary>Copies all parameters into the network.</summary>
    public void CopyFrom(float[] values)
    {
        for (var i = 0; i < parameters.Length; i++)
            Layout.Slice(i, values).CopyTo(Floats(parameters[i].Value));
    }

    /// <summary>Moves the gradients out of the network: it holds zeros afterwards.</summary>
    public void TakeGradients(float[] gradients)
    {
        using var scope = NewDisposeScope();
        for (var i = 0; i < parameters.Length; i++)
        {
            var into = Layout.Slice(i, gradients);
            if (parameters[i].Value.grad is not { } gradient)
            {
                into.Clear();
                continue;
            }
            var from = Floats(gradient);
            from.CopyTo(into);
            from.Clear();
        }
    }

    /// <summary>Frees the parameters.</summary>
    public void Dispose()
    {
        UNet.Dispose();
        Text.Dispose();
    }

    private static Span<float> Floats(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.bytes);
}
