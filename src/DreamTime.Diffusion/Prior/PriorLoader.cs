using System.Security.Cryptography;
using TorchSharp;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>From a folder in diffusers' layout to a prior. Configurations are read and judged before any weight is.</summary>
internal static class PriorLoader
{
    private const int HashDigits = 16;
    private const double StableDiffusionScale = 100;
    private const double DeepFloydScale = 20;
    private const double OwnScale = 7.5;

    public static Prior Load(PriorSource source, PriorPlacement placement)
    {
        NativeLibtorch.Load();
        var (device, networks) = placement.Resolve(() => NativeLibtorch.Cuda);
        var folder = source.Open();
        var index = ModelIndex.Read(folder);
        bool pixels = ModelFamily.Of(index.Parts) == ModelFamily.TextToPixels;
        var family = pixels ? ModelFamily.TextToPixels : ModelFamily.TextToImage;
        foreach (string part in family.Parts.Keys)
            index.Class(family, part);
        bool learnt = !pixels && index.Class(family, "vae") == "AutoencoderKL";
        var views = folder.Exists(PriorViews.FileName) ? PriorViews.Parse(folder.ReadText(PriorViews.FileName)) : null;
        var scheduler = SchedulerConfig.Parse(folder.ReadText("scheduler/scheduler_config.json"));
        if (TerminalNoise.Problem(scheduler) is { } problem)
            throw new NotSupportedException($"{folder.Name}: scheduler/scheduler_config.json: {problem}.");
        var config = UNet2DConditionConfig.Parse(folder.ReadText("unet/config.json"));
        int latentSize = config.SampleSize
            ?? throw new InvalidDataException($"{folder.Name}: unet/config.json has no sample_size, the size of a latent.");

        var parts = new Stack<IDisposable>();
        T Kept<T>(T part) where T : IDisposable
        {
            parts.Push(part);
            return part;
        }

        try
        {
            string vae = pixels ? "" : folder.ReadText("vae/config.json");
            var autoencoder = learnt ? Kept(Initialization.LeftOut(() => new AutoencoderKL(AutoencoderKLConfig.Parse(vae)))) : null;
            if (autoencoder is not null)
                ModulePlace.Move(autoencoder, device, ScalarType.Float32);
            var codec = Kept<ILatentCodec>(
                pixels ? new PixelCodec() : autoencoder is null ? PixelUnshuffleCodec.Parse(vae) : new VaeCodec(autoencoder));
            if (config.InChannels != codec.Channels || config.OutChannels != codec.Channels && config.OutChannels != 2 * codec.Channels)
                throw new InvalidDataException(
                    $"{folder.Name}: the U-Net takes {config.InChannels} channels and gives {config.OutChannels}, and the codec has {codec.Channels}.");
            if (autoencoder is not null)
                ModuleLoader.Load(autoencoder, folder, folder.WeightsFile("vae"));
            if (config.ClassEmbedType != ClassEmbedType.None)
                throw new NotSupportedException(
                    $"{folder.Name}: the U-Net needs class labels ({config.ClassEmbedType}), which a prior has none to give; of DeepFloyd-IF it is the first stage that draws from text.");
            // T5 leaves half precision's range.
            var encoder = Kept<IPromptEncoder>(
                pixels ? T5PromptEncoder.Load(folder, device, ScalarType.Float32) : PromptEncoder.Load(folder, device, networks));
            var unet = Kept(Initialization.LeftOut(() => new UNet2DConditionModel(config)));
            ModulePlace.Move(unet, device, networks);
            ModuleLoader.Load(unet, folder, folder.WeightsFile("unet"));
            var denoiser = new UNetDenoiser(unet, scheduler.Noise, scheduler.Prediction);
            string hash = HashOf(folder, learnt ? ["text_encoder", "unet", "vae"] : ["text_encoder", "unet"]);
            return new Prior(source.ToString(), hash, latentSize * codec.Factor, scheduler, denoiser, codec, encoder, views)
            {
                DistillationScale = pixels ? DeepFloydScale : learnt ? StableDiffusionScale : OwnScale,
                Device = device == DeviceType.CPU ? "cpu" : networks == ScalarType.Float16 ? "cuda, half precision" : "cuda",
            };
        }
        catch
        {
            foreach (var part in parts)
                part.Dispose();
            throw;
        }
    }

    private static string HashOf(ModelFolder folder, params string[] parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[1 << 16];
        foreach (string file in parts.SelectMany(part => MappedWeights.FilesOf(folder, folder.WeightsFile(part))))
        {
            using var stream = folder.Open(file);
            for (int read; (read = stream.Read(buffer)) > 0;)
                hash.AppendData(buffer, 0, read);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..HashDigits];
    }
}
