using System.Text.Json;
using System.Text.Json.Nodes;

namespace DreamTime.Diffusion;

/// <summary>The hyper-parameters of a <see cref="CLIPModel"/>, as transformers' <c>config.json</c> names them.</summary>
/// <param name="Text">Those of the text encoder.</param>
/// <param name="Vision">Those of the image encoder.</param>
/// <param name="ProjectionDim">Width of the space that both share.</param>
public sealed record CLIPConfig(CLIPTextConfig Text, CLIPVisionConfig Vision, int ProjectionDim)
{
    private const int DefaultProjectionDim = 512;

    /// <summary>Reads a transformers <c>config.json</c>.</summary>
    /// <param name="json">The text of the file.</param>
    /// <returns>The configuration.</returns>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    /// <exception cref="NotSupportedException">Keys ask for what this model does not compute; the message lists each with its value.</exception>
    /// <exception cref="ArgumentException">A value is out of range or has the wrong type; the message names the key and its value.</exception>
    public static CLIPConfig Parse(string json)
    {
        var file = new ModelConfig(nameof(CLIPModel), json);
        file.RequireSupported(new Dictionary<string, string[]> { ["model_type"] = ["\"clip\""] });
        int projection = file.PositiveInt("projection_dim", DefaultProjectionDim);
        return new CLIPConfig(
            CLIPTextConfig.Parse(Section(json, "text_config")),
            CLIPVisionConfig.Parse(Section(json, "vision_config")) with { ProjectionDim = projection },
            projection);
    }

    /// <summary>A part's own configuration; older files repeat some of its keys under a second name, and those count.</summary>
    private static string Section(string json, string key)
    {
        var root = JsonNode.Parse(json)!.AsObject();
        var section = Object(key);
        foreach (var (name, value) in Object(key + "_dict"))
            section[name] = value?.DeepClone();
        return section.ToJsonString();

        JsonObject Object(string name) => root[name] switch
        {
            null => [],
            JsonObject found => found,
            var other => throw new ArgumentException($"{nameof(CLIPModel)}: {name} should be an object in the configuration, and is {other.ToJsonString()}."),
        };
    }
}
