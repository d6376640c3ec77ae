using System.Security.Cryptography;

namespace DreamTime.Diffusion;

/// <summary>From a folder in diffusers' layout to a prior. Configurations are read and judged before any weight is.</summary>
internal static class PriorLoader
{
    private const int HashDigits = 16;

    public static Prior Load(PriorSource source)
    {
        NativeLibtorch.Load();
        var folder = source.Open();
        var index = ModelIndex.Read(folder);
        index.Class("text_encoder", "CLIPTextModel");
        index.Class("tokenizer", "CLIPTokenizer", "CLIPTokenizerFast");
        index.Class("unet", "UNet2DConditionModel");
        var codec = Codec(folder, index);
        var views = folder.Exists(PriorViews.FileName) ? PriorViews.Parse(folder.ReadText(PriorViews.FileName)) : null;
        var scheduler = SchedulerConfig.Parse(folder.ReadText("scheduler/scheduler_config.json"));
        var config = UNet2DConditionConfig.Parse(folder.ReadText("unet/config.json"));
        if (config.InChannels != codec.Channels || config.OutChannels != codec.Channels)
            throw new InvalidDataException(
                $"{folder.Name}: the U-Net takes {config.InChannels} channels and gives {config.OutChannels}, and the codec has {codec.Channels}.");
        int latentSize = config.SampleSize
            ?? throw new InvalidDataException($"{folder.Name}: unet/config.json has no sample_size, the size of a latent.");

        var encoder = PromptEncoder.Load(folder);
        var unet = new UNet2DConditionModel(config);
        ModuleLoader.Load(unet, folder, folder.WeightsFile("unet"));
        var denoiser = new UNetDenoiser(unet, scheduler.Noise, scheduler.Prediction);
        string hash = HashOf(folder, "text_encoder", "unet");
        return new Prior(source.ToString(), hash, latentSize * codec.Factor, scheduler, denoiser, codec, encoder, views);
    }

    private static ILatentCodec Codec(ModelFolder folder, ModelIndex index) =>
        index.Class("vae", "PixelUnshuffle", "AutoencoderKL") == "PixelUnshuffle"
            ? PixelUnshuffleCodec.Parse(folder.ReadText("vae/config.json"))
            : throw new NotSupportedException(
                $"{folder.Name}: its images are coded by an AutoencoderKL, which this version does not have; it reads priors of class PixelUnshuffle.");

    private static string HashOf(ModelFolder folder, params string[] parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = new byte[1 << 16];
        foreach (string part in parts)
        {
            using var stream = folder.Open(folder.WeightsFile(part));
            for (int read; (read = stream.Read(buffer)) > 0;)
                hash.AppendData(buffer, 0, read);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..HashDigits];
    }
}
