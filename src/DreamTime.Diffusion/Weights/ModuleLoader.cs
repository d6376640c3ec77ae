using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>Fills a module's parameters and buffers from a safetensors file.</summary>
public static class ModuleLoader
{
    private const int NamesListed = 24;

    /// <summary>Copies every tensor of the file into the module, widened to float32. Names and shapes must agree exactly.</summary>
    /// <param name="module">A module whose state-dict names are those of the file.</param>
    /// <param name="folder">The model folder.</param>
    /// <param name="weightsFile">The file's path in the folder, such as <c>unet/diffusion_pytorch_model.safetensors</c>.</param>
    /// <exception cref="InvalidDataException">
    /// The file is broken, or does not fit: the message lists the missing, the unexpected, the wrongly shaped and the non-finite tensors,
    /// all at once. The module is unchanged then.
    /// </exception>
    public static void Load(nn.Module module, ModelFolder folder, string weightsFile)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(folder);
        string file = $"{folder.Name}: {weightsFile}";
        if (Pickle.HasExtension(weightsFile))
            throw new InvalidDataException(Pickle.Refusal(file));
        using var stream = folder.Open(weightsFile);
        Load(module, Safetensors.Read(stream, file), file);
    }

    internal static void Load(nn.Module module, IReadOnlyDictionary<string, SafetensorsEntry> entries, string file)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var state = module.state_dict();
        string[] fitting =
            [.. state.Keys.Where(name => entries.TryGetValue(name, out var entry) && entry.Shape.SequenceEqual(state[name].shape))];
        string[] problems =
        [
            .. Listed("missing", state.Keys.Where(name => !entries.ContainsKey(name))),
            .. Listed("unexpected", entries.Keys.Where(name => !state.ContainsKey(name) && !IsDerived(name))),
            .. Listed("of another shape", state.Keys.Where(entries.ContainsKey).Except(fitting)
                .Select(name => $"{name} [{string.Join(", ", entries[name].Shape)}] for [{string.Join(", ", state[name].shape)}]")),
            .. Listed("not finite", fitting.Where(name => !IsFinite(entries[name]))),
        ];
        if (problems.Length > 0)
            throw new InvalidDataException($"{file} does not fit {module.GetName()}. Tensors {string.Join("; ", problems)}.");
        foreach (string name in fitting)
        {
            using var tensor = entries[name].ToTensor();
            state[name].copy_(tensor);
        }
    }

    private static bool IsFinite(SafetensorsEntry entry)
    {
        using var scope = NewDisposeScope();
        return entry.ToTensor().isfinite().all().item<bool>();
    }

    /// <summary>Position indices (0, 1, 2, ...) that transformers stores among the weights; they follow from the configuration.</summary>
    private static bool IsDerived(string name) => name.EndsWith(".position_ids", StringComparison.Ordinal);

    private static IEnumerable<string> Listed(string what, IEnumerable<string> names)
    {
        string[] all = [.. names];
        if (all.Length > 0)
            yield return $"{what}: {string.Join(", ", all.Take(NamesListed))}"
                + (all.Length > NamesListed ? $" and {all.Length - NamesListed} more" : "");
    }
}
