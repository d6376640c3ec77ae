namespace DreamTime.Diffusion;

/// <summary>A kind of model: what it does, its parts, and the classes that each may be of. Other parts, such as <c>safety_checker</c>, are not used.</summary>
internal sealed record ModelFamily(string Does, IReadOnlyDictionary<string, string[]> Parts)
{
    /// <summary>Stable Diffusion, and this project's own.</summary>
    public static readonly ModelFamily TextToImage = new("text to image", new Dictionary<string, string[]>
    {
        ["text_encoder"] = ["CLIPTextModel"],
        ["tokenizer"] = ["CLIPTokenizer", "CLIPTokenizerFast"],
        ["unet"] = ["UNet2DConditionModel"],
        ["vae"] = ["PixelUnshuffle", "AutoencoderKL"],
    });

    /// <summary>DeepFloyd-IF's first stage, which draws pixels and has no autoencoder.</summary>
    public static readonly ModelFamily TextToPixels = new("text to image", new Dictionary<string, string[]>
    {
        ["text_encoder"] = ["T5EncoderModel"],
        ["tokenizer"] = ["T5Tokenizer", "T5TokenizerFast"],
        ["unet"] = ["UNet2DConditionModel"],
    });

    /// <summary>Zero-1-to-3.</summary>
    public static readonly ModelFamily ImageToView = new("image to view", new Dictionary<string, string[]>
    {
        ["image_encoder"] = ["CLIPVisionModelWithProjection"],
        ["cc_projection"] = ["CCProjection"],
        ["unet"] = ["UNet2DConditionModel"],
        ["vae"] = ["AutoencoderKL"],
    });

    /// <summary>The family that a model's parts speak for.</summary>
    public static ModelFamily Of(IReadOnlyDictionary<string, string> parts) =>
        parts.ContainsKey("image_encoder") && !parts.ContainsKey("text_encoder") ? ImageToView
        : parts.GetValueOrDefault("text_encoder") == "T5EncoderModel" && !parts.ContainsKey("vae") ? TextToPixels
        : TextToImage;
}
