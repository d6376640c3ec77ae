using TorchSharp;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>
/// A file of low-rank updates in the key formats of diffusers (<c>….attn1.processor.to_q_lora.down.weight</c> and its later forms) or kohya
/// (<c>lora_unet_…_attn1_to_q.lora_down.weight</c>). An update with an alpha counts alpha / rank times.
/// </summary>
public sealed class LoRAFile
{
    private readonly string name;
    private readonly IReadOnlyDictionary<(bool OfTextEncoder, string Module, bool IsFlat), IReadOnlyDictionary<LoRARole, SafetensorsEntry>> layers;

    private LoRAFile(
        string name, IReadOnlyDictionary<(bool, string, bool), IReadOnlyDictionary<LoRARole, SafetensorsEntry>> layers)
    {
        this.name = name;
        this.layers = layers;
    }

    /// <summary>Whether the file adapts the U-Net.</summary>
    public bool AdaptsUNet => layers.Keys.Any(layer => !layer.OfTextEncoder);

    /// <summary>Whether the file adapts the text encoder.</summary>
    public bool AdaptsTextEncoder => layers.Keys.Any(layer => layer.OfTextEncoder);

    /// <summary>Reads a file.</summary>
    /// <param name="path">A safetensors file.</param>
    /// <exception cref="InvalidDataException">It breaks the format, is a pickle, or holds tensors that are no low-rank updates; all are listed.</exception>
    public static LoRAFile Read(string path) => Of(Safetensors.Read(path), path);

    /// <summary>Judges the tensors of a file that is already read.</summary>
    /// <param name="tensors">The tensors by name.</param>
    /// <param name="name">The file's name in messages.</param>
    /// <exception cref="InvalidDataException">Tensors are no low-rank updates, or halves of one are missing; all are listed.</exception>
    public static LoRAFile Of(IReadOnlyDictionary<string, SafetensorsEntry> tensors, string name)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        ArgumentNullException.ThrowIfNull(name);
        var keys = tensors.Keys.ToDictionary(key => key, LoRAKey.Parse);
        string[] unknown = [.. keys.Where(pair => pair.Value is null).Select(pair => pair.Key)];
        if (unknown.Length > 0)
            throw new InvalidDataException(
                $"{name}: {string.Join(", ", unknown)}: no key of a LoRA as diffusers or kohya writes it (LoHa, LoCon and DoRA are not supported).");
        var layers = keys
            .GroupBy(pair => (pair.Value!.Value.OfTextEncoder, pair.Value.Value.Module, pair.Value.Value.IsFlat))
            .ToDictionary(
                layer => layer.Key,
                layer => (IReadOnlyDictionary<LoRARole, SafetensorsEntry>)layer.ToDictionary(pair => pair.Value!.Value.Role, pair => tensors[pair.Key]));
        string[] halves = [.. layers.Where(layer => !layer.Value.ContainsKey(LoRARole.Down) || !layer.Value.ContainsKey(LoRARole.Up)).Select(layer => layer.Key.Item2)];
        return halves.Length == 0
            ? new LoRAFile(name, layers)
            : throw new InvalidDataException($"{name}: {string.Join(", ", halves)}: down or up is missing; an update has both.");
    }

    /// <summary>The updates of a network: path, down [rank, in] and up [out, rank] with alpha / rank in it.</summary>
    internal IReadOnlyList<(string Path, Tensor Down, Tensor Up)> For(nn.Module network, IReadOnlyDictionary<string, nn.Module> modules)
    {
        bool text = network is CLIPTextModel;
        var flat = modules.Keys.ToLookup(path => path.Replace('.', '_'));
        var mine = layers.Where(layer => layer.Key.OfTextEncoder == text).ToArray();
        if (mine.Length == 0)
            throw new ArgumentException($"{name} holds nothing for {network.GetName()}.", nameof(network));
        var problems = new List<string>();
        var updates = new List<(string, Tensor, Tensor)>();
        foreach (var (key, tensors) in mine)
        {
            string? path = key.IsFlat ? flat[key.Module].FirstOrDefault() : modules.ContainsKey(key.Module) ? key.Module : null;
            if (path is null)
                problems.Add($"{key.Module} (there is no such layer)");
            else if (LoRALayer.Widths(modules[path]) is not var (width, height))
                problems.Add($"{path} (only linear layers and 1x1 convolutions can be adapted)");
            else if (!Fits(tensors[LoRARole.Down].Shape, 1, width) || !Fits(tensors[LoRARole.Up].Shape, 0, height)
                || tensors[LoRARole.Down].Shape[0] != tensors[LoRARole.Up].Shape[1])
                problems.Add(
                    $"{path} (down [{string.Join(", ", tensors[LoRARole.Down].Shape)}] and up [{string.Join(", ", tensors[LoRARole.Up].Shape)}] for {width} to {height})");
            else if (problems.Count == 0)
                updates.Add(Update(path, tensors));
        }
        if (problems.Count == 0)
            return updates;
        foreach (var (_, down, up) in updates)
        {
            down.Dispose();
            up.Dispose();
        }
        throw new InvalidDataException($"{name} does not fit {network.GetName()}: {string.Join("; ", problems)}.");
    }

    /// <summary>A matrix, or a 1x1 convolution.</summary>
    private static bool Fits(IReadOnlyList<long> shape, int axis, long width) =>
        shape.Count is 2 or 4 && shape[axis] == width && shape.Skip(2).All(size => size == 1);

    private static (string, Tensor, Tensor) Update(string path, IReadOnlyDictionary<LoRARole, SafetensorsEntry> tensors)
    {
        using var scope = NewDisposeScope();
        var down = tensors[LoRARole.Down].ToTensor().flatten(1);
        var up = tensors[LoRARole.Up].ToTensor().flatten(1);
        if (tensors.TryGetValue(LoRARole.Alpha, out var alpha))
            up = up.Times(alpha.ToTensor().ToDouble() / down.shape[0]);
        return (path, down.MoveToOuterDisposeScope(), up.MoveToOuterDisposeScope());
    }
}
