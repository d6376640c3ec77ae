using System.Text.RegularExpressions;

namespace DreamTime.Diffusion;

/// <summary>What one tensor of a LoRA file is: a half of a layer's update, or the layer's alpha.</summary>
/// <param name="OfTextEncoder">Whether the layer is the text encoder's, rather than the U-Net's.</param>
/// <param name="Module">The path of the layer in its network; dots are underscores where <paramref name="IsFlat"/>.</param>
/// <param name="IsFlat">Whether the path is kohya's.</param>
/// <param name="Role">Which tensor of the layer.</param>
internal readonly partial record struct LoRAKey(bool OfTextEncoder, string Module, bool IsFlat, LoRARole Role)
{
    /// <summary>Reads a key of kohya's or of one of diffusers' formats; null for any other.</summary>
    public static LoRAKey? Parse(string key)
    {
        if (Kohya().Match(key) is { Success: true } flat)
            return new LoRAKey(flat.Groups["part"].Value == "te", flat.Groups["module"].Value, IsFlat: true, RoleOf(flat.Groups["role"].Value));
        var match = new[] { Processor(), Layer(), Alpha() }.Select(format => format.Match(key)).FirstOrDefault(m => m.Success);
        if (match is null)
            return null;
        string part = match.Groups["part"].Value, module = match.Groups["module"].Value;
        bool text = part == "text_encoder." || part.Length == 0 && module.StartsWith("text_model.", StringComparison.Ordinal);
        if (match.Groups["layer"] is { Success: true, Value: var layer })
            module += "." + (text ? layer[3..] + "_proj" : layer == "to_out" ? "to_out.0" : layer);
        return new LoRAKey(text, module, IsFlat: false, RoleOf(match.Groups["role"].Value));
    }

    /// <summary>The prefix of a layer's keys as diffusers 0.19 writes them.</summary>
    public static string DiffusersName(string module)
    {
        int dot = module.EndsWith(".to_out.0", StringComparison.Ordinal) ? module.Length - ".to_out.0".Length : module.LastIndexOf('.');
        string layer = module[(dot + 1)..];
        return layer is "to_q" or "to_k" or "to_v" or "add_k_proj" or "add_v_proj" ? $"{module[..dot]}.processor.{layer}_lora"
            : layer == "to_out.0" ? $"{module[..dot]}.processor.to_out_lora"
            : $"{module}.lora";
    }

    private static LoRARole RoleOf(string word) => word switch
    {
        "alpha" => LoRARole.Alpha,
        "down" or "A" => LoRARole.Down,
        _ => LoRARole.Up,
    };

    [GeneratedRegex(@"^lora_(?<part>unet|te)_(?<module>[^.]+)\.(?:lora_(?<role>down|up)\.weight|(?<role>alpha))$", RegexOptions.CultureInvariant)]
    private static partial Regex Kohya();

    [GeneratedRegex(
        @"^(?<part>unet\.|text_encoder\.)?(?<module>.+?)(?:\.processor)?\.(?<layer>to_q|to_k|to_v|to_out|add_k_proj|add_v_proj)_lora\.(?<role>down|up)\.weight$",
        RegexOptions.CultureInvariant)]
    private static partial Regex Processor();

    [GeneratedRegex(
        @"^(?<part>unet\.|text_encoder\.)?(?<module>.+?)\.(?:lora(?:_linear_layer)?\.(?<role>down|up)|lora_(?<role>A|B))\.weight$",
        RegexOptions.CultureInvariant)]
    private static partial Regex Layer();

    [GeneratedRegex(@"^(?<part>unet\.|text_encoder\.)?(?<module>.+?)(?:\.lora|\.lora_linear_layer)?\.(?<role>alpha)$", RegexOptions.CultureInvariant)]
    private static partial Regex Alpha();
}
