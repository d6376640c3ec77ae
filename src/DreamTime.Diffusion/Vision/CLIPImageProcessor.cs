using System.Text.Json;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>What happens to images before CLIP sees them, as transformers' <c>preprocessor_config.json</c> says.</summary>
public sealed record CLIPImageProcessor
{
    /// <summary>Length of the shorter side after resizing, pixels; null for no resizing.</summary>
    public int? ShortestEdge { get; init; } = 224;

    /// <summary>Height and width of the centre that is kept, pixels; null for all.</summary>
    public (int Height, int Width)? Crop { get; init; } = (224, 224);

    /// <summary>Factor on 8-bit values; null for none.</summary>
    public double? RescaleFactor { get; init; } = 1.0 / 255;

    /// <summary>Subtracted from each channel; null for no normalisation.</summary>
    public IReadOnlyList<double>? Mean { get; init; } = OpenAIMean;

    /// <summary>Divides each channel.</summary>
    public IReadOnlyList<double> Deviation { get; init; } = OpenAIDeviation;

    /// <summary>The mean of CLIP's training images.</summary>
    public static IReadOnlyList<double> OpenAIMean { get; } = [0.48145466, 0.4578275, 0.40821073];

    /// <summary>The standard deviation of CLIP's training images.</summary>
    public static IReadOnlyList<double> OpenAIDeviation { get; } = [0.26862954, 0.26130258, 0.27577711];

    /// <summary>Reads a <c>preprocessor_config.json</c>.</summary>
    /// <param name="json">The text of the file.</param>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    /// <exception cref="NotSupportedException">Keys ask for what is not computed here; the message lists each with its value.</exception>
    /// <exception cref="ArgumentException">A value is out of range or has the wrong type; the message names the key and its value.</exception>
    public static CLIPImageProcessor Parse(string json)
    {
        var file = new ModelConfig(nameof(CLIPImageProcessor), json);
        file.RequireSupported(new Dictionary<string, string[]>
        {
            ["image_processor_type"] = ["\"CLIPImageProcessor\"", "\"CLIPImageProcessorFast\""],
            ["feature_extractor_type"] = ["\"CLIPFeatureExtractor\""],
            ["resample"] = ["3"],
        });
        var standard = new CLIPImageProcessor();
        return new CLIPImageProcessor
        {
            ShortestEdge = file.Bool("do_resize", true) ? file.ShortestEdge("size", 224) : null,
            Crop = file.Bool("do_center_crop", true) ? file.HeightAndWidth("crop_size", (224, 224)) : null,
            RescaleFactor = file.Bool("do_rescale", true) ? file.Double("rescale_factor", 1.0 / 255) : null,
            Mean = file.Bool("do_normalize", true) ? file.Doubles("image_mean", OpenAIMean, 3) : null,
            Deviation = file.Doubles("image_std", OpenAIDeviation, 3),
        };
    }

    /// <summary>Resizes an image to the shorter side, bicubically as Pillow does, to the bit.</summary>
    /// <param name="image">[h, w, channels], uint8.</param>
    /// <returns>[h', w', channels], uint8, owned by the caller.</returns>
    /// <exception cref="ArgumentException">The image is not of that shape and type.</exception>
    public Tensor Resize(Tensor image)
    {
        if (image is not { dtype: ScalarType.Byte } || image.dim() != 3)
            throw new ArgumentException("The image should be [h, w, channels] of uint8.", nameof(image));
        int height = (int)image.shape[0], width = (int)image.shape[1], channels = (int)image.shape[2];
        if (ShortestEdge is not int edge)
            return image.clone();
        int longer = (int)((long)edge * Math.Max(height, width) / Math.Min(height, width));
        var (newHeight, newWidth) = height <= width ? (edge, longer) : (longer, edge);
        using var contiguous = image.contiguous();
        byte[] resized = PillowBicubic.Resize(contiguous.bytes.ToArray(), height, width, channels, newHeight, newWidth);
        return tensor(resized, [newHeight, newWidth, channels], ScalarType.Byte);
    }

    /// <summary>Resizes, crops, scales and normalises an image.</summary>
    /// <param name="image">[h, w, 3], uint8.</param>
    /// <returns>[1, 3, s, s], float32, owned by the caller.</returns>
    /// <exception cref="ArgumentException">The image is not of that shape and type, or smaller than the crop.</exception>
    public Tensor Preprocess(Tensor image)
    {
        using var scope = NewDisposeScope();
        var pixels = CentreOf(Resize(image)).permute(2, 0, 1).unsqueeze(0).to(ScalarType.Float64);
        if (RescaleFactor is double factor)
            pixels = pixels.Times(factor);
        return Normalize(pixels.to(ScalarType.Float32)).contiguous().MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The differentiable route, for images that are computed: stretched to the crop's size bicubically (PyTorch's kernel, a = -3/4, no
    /// antialiasing) and normalised.
    /// </summary>
    /// <param name="images">[b, 3, h, w] in 0..1.</param>
    /// <returns>[b, 3, s, s], owned by the caller.</returns>
    public Tensor PreprocessDifferentiably(Tensor images)
    {
        ArgumentNullException.ThrowIfNull(images);
        using var scope = NewDisposeScope();
        var (height, width) = Crop ?? throw new InvalidOperationException("The configuration has no crop_size, which says how large images become.");
        return Normalize(nn.functional.interpolate(images, [height, width], mode: InterpolationMode.Bicubic, align_corners: false))
            .MoveToOuterDisposeScope();
    }

    /// <summary>Subtracts the mean and divides by the deviation.</summary>
    /// <param name="pixels">[b, 3, h, w].</param>
    public Tensor Normalize(Tensor pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        using var scope = NewDisposeScope();
        Tensor Channels(IReadOnlyList<double> values) => tensor(values.ToArray(), dtype: pixels.dtype, device: pixels.device).reshape(1, -1, 1, 1);
        return (Mean is { } mean ? (pixels - Channels(mean)) / Channels(Deviation) : pixels.alias()).MoveToOuterDisposeScope();
    }

    private Tensor CentreOf(Tensor image)
    {
        if (Crop is not var (height, width))
            return image;
        long top = (image.shape[0] - height) / 2, left = (image.shape[1] - width) / 2;
        return image.shape[0] >= height && image.shape[1] >= width
            ? image.narrow(0, top, height).narrow(1, left, width)
            : throw new ArgumentException(
                $"The image is {image.shape[1]} x {image.shape[0]} pixels after resizing, and the crop {width} x {height}; it should not be larger.",
                nameof(image));
    }
}
