using System.Security.Cryptography;
using DreamTime.Schedules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>A text-to-image diffusion model, ready to be asked: what the guidance knows about how things look.</summary>
public sealed class Prior : IDisposable
{
    private const int HashDigits = 16;

    private readonly Func<string, Tensor> encodePrompt;
    private readonly Func<string, IReadOnlyList<string>> words;
    private readonly IDisposable? encoder;

    /// <summary>Makes a prior of parts.</summary>
    /// <param name="name">Its name in messages and run folders.</param>
    /// <param name="hash">Identifies its numbers.</param>
    /// <param name="imageSize">Side of its images, pixels; a multiple of the codec's factor.</param>
    /// <param name="scheduler">How it is sampled; the noise and the prediction are the denoiser's.</param>
    /// <param name="denoiser">The model of the noise; disposed with the prior.</param>
    /// <param name="codec">Between images and latents; disposed with the prior.</param>
    /// <param name="encodePrompt">Embeds a prompt: [1, tokens, width], owned by the caller.</param>
    public Prior(
        string name, string hash, int imageSize, SchedulerConfig scheduler, IDenoiser denoiser, ILatentCodec codec, Func<string, Tensor> encodePrompt)
        : this(name, hash, imageSize, scheduler, denoiser, codec, encodePrompt, _ => [], encoder: null)
    {
    }

    private Prior(
        string name, string hash, int imageSize, SchedulerConfig scheduler, IDenoiser denoiser, ILatentCodec codec,
        Func<string, Tensor> encodePrompt, Func<string, IReadOnlyList<string>> words, IDisposable? encoder)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(hash);
        ArgumentNullException.ThrowIfNull(scheduler);
        ArgumentNullException.ThrowIfNull(denoiser);
        ArgumentNullException.ThrowIfNull(codec);
        ArgumentNullException.ThrowIfNull(encodePrompt);
        if (imageSize < 1 || imageSize % codec.Factor != 0)
            throw new ArgumentOutOfRangeException(nameof(imageSize), imageSize, $"The image size must be a positive multiple of {codec.Factor}.");
        Name = name;
        Hash = hash;
        ImageSize = imageSize;
        Scheduler = scheduler with { Noise = denoiser.Noise, Prediction = PredictionType.Epsilon };
        Denoiser = denoiser;
        Codec = codec;
        this.encodePrompt = encodePrompt;
        this.words = words;
        this.encoder = encoder;
    }

    /// <summary><c>embedded</c>, or the folder's name.</summary>
    public string Name { get; }

    /// <summary>The first 16 hexadecimal digits of the weights files' SHA-256.</summary>
    public string Hash { get; }

    /// <summary>The noise the model was trained with.</summary>
    public NoiseSchedule Noise => Denoiser.Noise;

    /// <summary>Side of the square images the model was trained on, pixels.</summary>
    public int ImageSize { get; }

    /// <summary>How the model is sampled, given the noise that <see cref="Denoiser"/> predicts.</summary>
    public SchedulerConfig Scheduler { get; }

    /// <summary>The model of the noise.</summary>
    public IDenoiser Denoiser { get; }

    /// <summary>Between images and latents.</summary>
    public ILatentCodec Codec { get; }

    /// <summary>The views and words the prior was trained with; null where its folder does not say.</summary>
    public PriorViews? Views { get; private init; }

    /// <summary>Loads a prior.</summary>
    /// <param name="source">The embedded one, or a folder.</param>
    /// <returns>The prior, for inference on the CPU.</returns>
    /// <exception cref="IOException">A folder or file is missing.</exception>
    /// <exception cref="InvalidDataException">Weights are broken, do not fit the configuration, or are pickled.</exception>
    /// <exception cref="NotSupportedException">A part is of a class, or has an option, that is not supported; the message names it.</exception>
    /// <exception cref="DllNotFoundException">libtorch cannot be loaded.</exception>
    public static Prior Load(PriorSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        NativeLibtorch.Load();
        var folder = source.Open();
        var index = ModelIndex.Read(folder);
        index.Class("unet", "UNet2DConditionModel");
        index.Class("text_encoder", "CLIPTextModel");
        index.Class("tokenizer", "CLIPTokenizer", "CLIPTokenizerFast");
        var codec = Codecs(folder, index);
        var views = folder.Exists(PriorViews.FileName) ? PriorViews.Parse(folder.ReadText(PriorViews.FileName)) : null;
        var scheduler = SchedulerConfig.Parse(folder.ReadText("scheduler/scheduler_config.json"));
        var tokenizer = ClipTokenizer.Load(folder);
        var unetConfig = UNet2DConditionConfig.Parse(folder.ReadText("unet/config.json"));
        if (unetConfig.InChannels != codec.Channels || unetConfig.OutChannels != codec.Channels)
            throw new InvalidDataException(
                $"{folder.Name}: the U-Net takes {unetConfig.InChannels} channels and gives {unetConfig.OutChannels}, and the codec has {codec.Channels}.");
        int latentSize = unetConfig.SampleSize ?? throw new InvalidDataException($"{folder.Name}: unet/config.json has no sample_size, the size of a latent.");

        var textEncoder = new CLIPTextModel(CLIPTextConfig.Parse(folder.ReadText("text_encoder/config.json")));
        ModuleLoader.Load(textEncoder, folder, folder.WeightsFile("text_encoder"));
        textEncoder.eval();
        var unet = new UNet2DConditionModel(unetConfig);
        ModuleLoader.Load(unet, folder, folder.WeightsFile("unet"));

        return new Prior(
            source.ToString(), HashOf(folder, "text_encoder", "unet"), latentSize * codec.Factor, scheduler,
            new UNetDenoiser(unet, scheduler.Noise, scheduler.Prediction), codec, prompt => Embed(textEncoder, tokenizer, prompt), tokenizer.Words, textEncoder)
        { Views = views };
    }

    /// <summary>The text embedding that conditions the denoiser.</summary>
    /// <param name="prompt">The prompt; an empty one is the unconditional embedding.</param>
    /// <returns>[1, tokens, width], owned by the caller.</returns>
    public Tensor EncodePrompt(string prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return encodePrompt(prompt);
    }

    /// <summary>The words of a prompt that no training caption held, in order and each once. Empty where the prior has no list of words.</summary>
    /// <param name="prompt">The prompt.</param>
    public IReadOnlyList<string> UnknownWords(string prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return Views?.KnownWords is { } known ? [.. words(prompt).Where(w => char.IsLetterOrDigit(w[0]) && !known.Contains(w)).Distinct()] : [];
    }

    /// <summary>Frees the model.</summary>
    public void Dispose()
    {
        Denoiser.Dispose();
        Codec.Dispose();
        encoder?.Dispose();
    }

    private static ILatentCodec Codecs(ModelFolder folder, ModelIndex index) =>
        index.Class("vae", "PixelUnshuffle", "AutoencoderKL") == "PixelUnshuffle"
            ? PixelUnshuffleCodec.Parse(folder.ReadText("vae/config.json"))
            : throw new NotSupportedException($"{folder.Name}: its images are coded by an AutoencoderKL, which this version does not have; it reads priors of class PixelUnshuffle.");

    private static Tensor Embed(CLIPTextModel encoder, ClipTokenizer tokenizer, string prompt)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        long[] ids = tokenizer.EncodePadded(prompt);
        return encoder.call(tensor(ids).reshape(1, ids.Length)).LastHiddenState.MoveToOuterDisposeScope();
    }

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
