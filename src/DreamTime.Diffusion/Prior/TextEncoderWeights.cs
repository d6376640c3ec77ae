using TorchSharp;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>Gives a folder's text encoder its place and its weights.</summary>
internal static class TextEncoderWeights
{
    /// <summary>The same network, ready to read prompts; it is disposed of where its weights do not fit.</summary>
    /// <param name="model">As the folder's configuration shapes it.</param>
    /// <param name="folder">A prior's.</param>
    /// <param name="device">Where the network goes.</param>
    /// <param name="type">The type it computes in.</param>
    public static T Into<T>(T model, ModelFolder folder, DeviceType device, ScalarType type) where T : nn.Module
    {
        try
        {
            ModulePlace.Move(model, device, type);
            ModuleLoader.Load(model, folder, folder.WeightsFile("text_encoder"));
            model.eval();
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }
}
