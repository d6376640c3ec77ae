using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using DreamTime.Diffusion;
using DreamTime.Renderers;
using DreamTime.Schedules;
using static TorchSharp.torch;

namespace DreamTime.Training;

/// <summary>A trained prior as a folder in diffusers' layout, its weights stored in half precision.</summary>
public static class PriorFolder
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes or replaces the files, each at once or not at all; the weights come last.</summary>
    /// <param name="folder">The folder; it is made where missing.</param>
    /// <param name="architecture">The network's sizes.</param>
    /// <param name="weights">Tensors by name, as <see cref="PriorNetwork"/> names them.</param>
    /// <param name="training">Figures for <c>dreamtime.json</c>.</param>
    public static void Write(string folder, PriorArchitecture architecture, IReadOnlyDictionary<string, Tensor> weights, JsonObject training)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        ArgumentNullException.ThrowIfNull(architecture);
        ArgumentNullException.ThrowIfNull(weights);
        foreach (var (name, text) in PriorVocabulary.Files())
            Text($"tokenizer/{name}", text);
        Text("unet/config.json", architecture.UNetConfig());
        Text("text_encoder/config.json", architecture.TextConfig());
        Text("scheduler/scheduler_config.json", Json(Scheduler()));
        Text("vae/config.json", Json(new JsonObject { ["_class_name"] = "PixelUnshuffle", ["downscale_factor"] = PriorArchitecture.Unshuffle }));
        Text("model_index.json", Json(Index()));
        Text(PriorViews.FileName, Json(Views(training)));
        Weights("text_encoder/model.safetensors", PriorNetwork.TextPrefix);
        Weights("unet/diffusion_pytorch_model.safetensors", PriorNetwork.UNetPrefix);

        void Text(string file, string text)
        {
            var path = Path.Combine(folder, file);
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            AtomicFile.Write(path, stream => stream.Write(Encoding.UTF8.GetBytes(text)));
        }

        void Weights(string file, string prefix) => Safetensors.Write(
            Path.Combine(folder, file),
            weights.Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(pair => pair.Key[prefix.Length..], pair => pair.Value),
            SafetensorsDtype.F16,
            new Dictionary<string, string> { ["format"] = "pt" });
    }

    /// <summary>The noise that the prior is trained with: what its scheduler's configuration says.</summary>
    internal static NoiseSchedule Noise() => NoiseSchedule.FromSchedulerConfig(Json(Scheduler()));

    internal static string Json(JsonNode node) => node.ToJsonString(Indented) + "\n";

    /// <summary>
    /// Stable Diffusion's scaled linear betas, but ending at 0.02: with its 0.012 the mean colour of a small image can still be read off the noise at t = T, where sampling
    /// has nothing but noise to start from.
    /// </summary>
    internal static JsonObject Scheduler() => new()
    {
        ["_class_name"] = "DDIMScheduler",
        ["beta_end"] = 0.02,
        ["beta_schedule"] = "scaled_linear",
        ["beta_start"] = 0.00085,
        ["clip_sample"] = false,
        ["num_train_timesteps"] = 1000,
        ["prediction_type"] = "v_prediction",
        ["set_alpha_to_one"] = true,
        ["steps_offset"] = 0,
        ["timestep_spacing"] = "trailing",
    };

    private static JsonObject Index() => new()
    {
        ["_class_name"] = "StableDiffusionPipeline",
        ["scheduler"] = new JsonArray("diffusers", "DDIMScheduler"),
        ["text_encoder"] = new JsonArray("transformers", "CLIPTextModel"),
        ["tokenizer"] = new JsonArray("transformers", "CLIPTokenizer"),
        ["unet"] = new JsonArray("diffusers", "UNet2DConditionModel"),
        ["vae"] = new JsonArray("dreamtime", "PixelUnshuffle"),
    };

    private static JsonObject Views(JsonObject training)
    {
        var cameras = SceneSampler.Cameras;
        return new()
        {
            ["fovy"] = Range(cameras.FovY),
            ["distance"] = Range(cameras.Distance),
            ["elevation"] = Range(cameras.Elevation),
            ["known_words"] = new JsonArray([.. PriorVocabulary.Words.Select(word => (JsonNode)word)]),
            ["view_captions"] = "degrees",
            ["schedule"] = "snr * gaussian 300 125",
            ["training"] = training,
        };

        static JsonArray Range(Renderers.Interval interval) => new(Math.Round((double)interval.From, 6), Math.Round((double)interval.To, 6));
    }
}
