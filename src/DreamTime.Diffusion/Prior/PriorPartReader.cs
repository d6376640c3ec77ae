using System.Text.Json;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>Reads one part of a model folder and keeps what is wrong with it, instead of ending at the first fault.</summary>
internal sealed class PriorPartReader
{
    private readonly ModelFolder folder;
    private readonly string name;
    private readonly List<string> problems = [];

    private PriorPartReader(ModelFolder folder, string name)
    {
        this.folder = folder;
        this.name = name;
    }

    public static PriorPart Read(ModelFolder folder, ModelIndex index, ModelFamily family, string name, bool everyTensor)
    {
        string? type = index.Parts.GetValueOrDefault(name);
        return new PriorPartReader(folder, name) switch
        {
            var reader when name == "scheduler" => reader.Scheduler(type),
            var reader when family.Parts.ContainsKey(name) => reader.Needed(index, family, type, everyTensor),
            _ => new PriorPart(name, type, IsUsed: false, "not used", 0, [], 0, []),
        };
    }

    /// <summary>What two parts say differently, where each by itself can be read.</summary>
    public static IEnumerable<string> Disagreements(ModelFolder folder)
    {
        var unet = UNet2DConditionConfig.Parse(folder.ReadText("unet/config.json"));
        var index = ModelIndex.Read(folder);
        bool pixels = ModelFamily.Of(index.Parts) == ModelFamily.TextToPixels;
        string text = folder.ReadText("text_encoder/config.json");
        int width = pixels ? T5Config.Parse(text).DModel : CLIPTextConfig.Parse(text).HiddenSize;
        int channels = pixels ? new PixelCodec().Channels : LatentChannels(folder, index);
        if (unet.InChannels != channels || unet.OutChannels != channels && unet.OutChannels != 2 * channels)
            yield return $"unet: takes {unet.InChannels} channels and gives {unet.OutChannels}, and {(pixels ? "images" : "the latents of vae")} have {channels}";
        if (unet.ClassEmbedType != ClassEmbedType.None)
            yield return $"unet: needs class labels ({unet.ClassEmbedType}), which a prior has none to give";
        if (unet.TextWidth != width)
            yield return $"unet: expects text states of width {unet.TextWidth}, and those of text_encoder have {width}";
        if (unet.SampleSize is null)
            yield return "unet: config.json has no sample_size, the size of a latent";
    }

    private static int LatentChannels(ModelFolder folder, ModelIndex index)
    {
        string vae = folder.ReadText("vae/config.json");
        return index.Class(ModelFamily.TextToImage, "vae") == "PixelUnshuffle"
            ? PixelUnshuffleCodec.Parse(vae).Channels
            : AutoencoderKLConfig.Parse(vae).LatentChannels;
    }

    private PriorPart Scheduler(string? type)
    {
        string description = Try(
            () =>
            {
                var config = SchedulerConfig.Parse(folder.ReadText("scheduler/scheduler_config.json"));
                if (TerminalNoise.Problem(config) is { } problem)
                    problems.Add(problem);
                return $"{config.Noise.Timesteps} timesteps, predicts {config.Prediction switch
                {
                    PredictionType.Epsilon => "noise",
                    PredictionType.Velocity => "velocity (v_prediction)",
                    _ => "the clean sample",
                }}";
            },
            "");
        return new PriorPart(name, type, IsUsed: true, description, 0, [], 0, problems);
    }

    private PriorPart Needed(ModelIndex index, ModelFamily family, string? type, bool everyTensor)
    {
        string? supported = Try(() => index.Class(family, name), null);
        if (type is null)
            return new PriorPart(name, type, IsUsed: true, "", 0, [], 0, problems);
        if (name == "tokenizer")
            return new PriorPart(name, type, IsUsed: true, Try(() => $"{Tokens(family)} tokens", ""), 0, [], 0, problems);
        (string description, Func<nn.Module>? build) = Try(() => supported is null ? ("", null) : Describe(supported), ("", null));
        if (supported == "PixelUnshuffle")
            return new PriorPart(name, type, IsUsed: true, description, 0, [], 0, problems);
        using var weights = Try(() => MappedWeights.Open(folder, folder.WeightsFile(name)), null);
        if (weights is not null && build is not null && everyTensor)
            problems.AddRange(Mismatches(weights, build));
        var entries = weights?.Entries.Values.ToArray() ?? [];
        return new PriorPart(
            name, type, IsUsed: true, description,
            entries.Where(entry => !WeightsMatch.IsDerived(entry.Name)).Sum(entry => entry.Shape.Aggregate(1L, (product, n) => product * n)),
            [.. entries.Select(entry => entry.Dtype).Distinct().Order()], weights?.FileBytes ?? 0, problems);
    }

    private int Tokens(ModelFamily family) =>
        family == ModelFamily.TextToPixels ? T5Tokenizer.Load(folder).VocabularySize : ClipTokenizer.Load(folder).VocabularySize;

    private (string Description, Func<nn.Module>? Build) Describe(string type)
    {
        string json = folder.ReadText($"{name}/config.json");
        switch (type)
        {
            case "UNet2DConditionModel":
                var unet = UNet2DConditionConfig.Parse(json);
                return ($"channels {string.Join(", ", unet.BlockOutChannels)}; latents {unet.InChannels} x {unet.SampleSize} x {unet.SampleSize}",
                    () => new UNet2DConditionModel(unet));
            case "AutoencoderKL":
                var vae = AutoencoderKLConfig.Parse(json);
                return ($"channels {string.Join(", ", vae.BlockOutChannels)}; {1 << (vae.BlockOutChannels.Count - 1)} x {1 << (vae.BlockOutChannels.Count - 1)} pixels a cell",
                    () => new AutoencoderKL(vae));
            case "CLIPTextModel":
                var text = CLIPTextConfig.Parse(json);
                return ($"{text.NumHiddenLayers} layers, width {text.HiddenSize}, {text.MaxPositionEmbeddings} tokens", () => new CLIPTextModel(text));
            case "T5EncoderModel":
                var t5 = T5Config.Parse(json);
                return ($"{t5.NumLayers} layers, width {t5.DModel}", () => new T5EncoderModel(t5));
            case "CLIPVisionModelWithProjection":
                var vision = CLIPVisionConfig.Parse(json);
                return ($"{vision.NumHiddenLayers} layers, width {vision.HiddenSize}, {vision.ImageSize} x {vision.ImageSize} pixels",
                    () => new CLIPVisionModelWithProjection(vision));
            case "CCProjection":
                return ("from image and pose to the text's place", () => CCProjection.Parse(json));
            default:
                return ($"{PixelUnshuffleCodec.Parse(json).Factor} x {PixelUnshuffleCodec.Parse(json).Factor} pixels a cell, nothing learnt", null);
        }
    }

    private static IReadOnlyList<string> Mismatches(MappedWeights weights, Func<nn.Module> build)
    {
        NativeLibtorch.Load();
        using var scope = NewDisposeScope();
        using var module = Initialization.LeftOut(build);
        var match = new WeightsMatch(module.state_dict().ToDictionary(item => item.Key, item => item.Value.shape), weights.Entries);
        return [.. match.Problems(int.MaxValue).Select(problem => $"tensors {problem}")];
    }

    /// <summary>The value, or the fallback where the folder is at fault, whose message is kept.</summary>
    private T Try<T>(Func<T> read, T fallback)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or InvalidDataException or NotSupportedException or ArgumentException or FormatException or JsonException)
        {
            problems.Add(e.Message);
            return fallback;
        }
    }
}
