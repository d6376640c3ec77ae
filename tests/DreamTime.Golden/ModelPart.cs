using System.Text.Json;
using DreamTime.Diffusion;
using static TorchSharp.torch;

namespace DreamTime.Golden;

/// <summary>A part of a model by its folder: its configuration says of which class it is.</summary>
internal static class ModelPart
{
    /// <summary>Builds and fills the network.</summary>
    /// <param name="folder">The part's own folder, with <c>config.json</c> and weights.</param>
    public static nn.Module Load(ModelFolder folder)
    {
        string config = folder.ReadText("config.json");
        nn.Module network = Class(config) switch
        {
            "UNet2DConditionModel" => new UNet2DConditionModel(UNet2DConditionConfig.Parse(config)),
            "AutoencoderKL" => new AutoencoderKL(AutoencoderKLConfig.Parse(config)),
            "CLIPTextModel" => new CLIPTextModel(CLIPTextConfig.Parse(config)),
            "T5EncoderModel" => new T5EncoderModel(T5Config.Parse(config)),
            var name => throw new NotSupportedException($"{folder.Name} is of class {name}."),
        };
        ModuleLoader.Load(network, folder, folder.WeightsFile(""));
        return network;
    }

    /// <summary>diffusers and transformers say it each in its own key.</summary>
    private static string Class(string config)
    {
        using var document = JsonDocument.Parse(config);
        var root = document.RootElement;
        return root.TryGetProperty("_class_name", out var name) ? name.GetString()! : root.GetProperty("architectures")[0].GetString()!;
    }
}
