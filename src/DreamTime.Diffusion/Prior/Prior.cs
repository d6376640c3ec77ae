using DreamTime.Schedules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>A text-to-image diffusion model, ready to be asked: what the guidance knows about how things look.</summary>
public sealed class Prior : IDisposable
{
    private readonly Func<string, Tensor> encodePrompt;
    private readonly IPromptEncoder? encoder;

    /// <summary>Makes a prior of parts.</summary>
    /// <param name="name">Its name in messages and run folders.</param>
    /// <param name="hash">Identifies its numbers.</param>
    /// <param name="imageSize">Side of its images, pixels; a multiple of the codec's factor.</param>
    /// <param name="scheduler">How it is sampled; the noise and the prediction are the denoiser's.</param>
    /// <param name="denoiser">The model of the noise; disposed with the prior.</param>
    /// <param name="codec">Between images and latents; disposed with the prior.</param>
    /// <param name="encodePrompt">Embeds a prompt: [1, tokens, width], owned by the caller.</param>
    /// <exception cref="ArgumentOutOfRangeException">The image size is not a positive multiple of the codec's factor.</exception>
    public Prior(
        string name, string hash, int imageSize, SchedulerConfig scheduler, IDenoiser denoiser, ILatentCodec codec,
        Func<string, Tensor> encodePrompt)
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
    }

    internal Prior(
        string name, string hash, int imageSize, SchedulerConfig scheduler, IDenoiser denoiser, ILatentCodec codec,
        IPromptEncoder encoder, PriorViews? views)
        : this(name, hash, imageSize, scheduler, denoiser, codec, encoder.Encode)
    {
        this.encoder = encoder;
        Views = views;
    }

    /// <summary><c>embedded</c>, or the folder's path.</summary>
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
    public PriorViews? Views { get; }

    /// <summary>
    /// The guidance scale that published methods distil such a model with: 100 for Stable Diffusion and 20 for DeepFloyd-IF (DreamFusion's and threestudio's), 7.5 for this project's own.
    /// </summary>
    public double DistillationScale { get; internal init; } = 7.5;

    /// <summary>Where its networks compute: <c>cpu</c>, <c>cuda</c> or <c>cuda, half precision</c>. What comes out lies where what went in lay.</summary>
    public string Device { get; internal init; } = "cpu";

    /// <summary>Whether that is a GPU.</summary>
    public bool IsOnGpu => Device != "cpu";

    /// <summary>Loads a prior.</summary>
    /// <param name="source">The embedded one, or a folder.</param>
    /// <param name="placement">Where its networks compute; null for a GPU where libtorch sees one, else the CPU.</param>
    /// <returns>The prior, for inference.</returns>
    /// <exception cref="IOException">A folder or file is missing.</exception>
    /// <exception cref="InvalidDataException">Weights are broken, do not fit the configuration, or are pickled.</exception>
    /// <exception cref="NotSupportedException">
    /// A part is of a class, or has an option, that is not supported, and the message names it; or the placement cannot be had here.
    /// </exception>
    /// <exception cref="DllNotFoundException">libtorch cannot be loaded.</exception>
    public static Prior Load(PriorSource source, PriorPlacement? placement = null)
    {
        ArgumentNullException.ThrowIfNull(source);
        return PriorLoader.Load(source, placement ?? new PriorPlacement());
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
        return Views?.KnownWords is { } known && encoder is not null
            ? [.. encoder.Words(prompt).Where(word => !known.Contains(word)).Distinct()]
            : [];
    }

    /// <summary>Frees the model.</summary>
    public void Dispose()
    {
        Denoiser.Dispose();
        Codec.Dispose();
        encoder?.Dispose();
    }
}
