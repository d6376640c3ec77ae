using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>Fills a module's parameters and buffers from safetensors files.</summary>
public static class ModuleLoader
{
    /// <summary>
    /// Copies every tensor of the weights into the module, converted to the module's own type. The files are mapped, not read into memory: at no time
    /// does the program hold the weights twice. Names and shapes must agree, but for names that older versions of diffusers used.
    /// </summary>
    /// <param name="module">A module whose state-dict names are those of the file, of any floating type, on any device.</param>
    /// <param name="folder">The model folder.</param>
    /// <param name="weightsFile">
    /// The file's path in the folder, such as <c>unet/diffusion_pytorch_model.safetensors</c>, or that of an index of shards,
    /// <c>unet/diffusion_pytorch_model.safetensors.index.json</c>.
    /// </param>
    /// <exception cref="FileNotFoundException">The file is missing, or shards are.</exception>
    /// <exception cref="InvalidDataException">
    /// A file is broken, or does not fit: the message lists the missing, the unexpected, the wrongly shaped and the non-finite tensors,
    /// all at once. The module is unchanged then.
    /// </exception>
    public static void Load(nn.Module module, ModelFolder folder, string weightsFile)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(folder);
        using var weights = MappedWeights.Open(folder, weightsFile);
        Load(module, weights.Entries, weights.Name);
    }

    /// <summary>
    /// Builds a network and fills it, without drawing the random numbers that a new one starts from: they take longer than the loading.
    /// </summary>
    /// <inheritdoc cref="Load(nn.Module, ModelFolder, string)"/>
    /// <param name="build">Makes the network; its layers' numbers are left undefined until the file's take their place.</param>
    /// <param name="folder"/><param name="weightsFile"/>
    /// <returns>The network, owned by the caller.</returns>
    public static T Load<T>(Func<T> build, ModelFolder folder, string weightsFile)
        where T : nn.Module
    {
        ArgumentNullException.ThrowIfNull(build);
        var module = Initialization.LeftOut(build);
        try
        {
            Load(module, folder, weightsFile);
            return module;
        }
        catch
        {
            module.Dispose();
            throw;
        }
    }

    internal static void Load(nn.Module module, IReadOnlyDictionary<string, SafetensorsEntry> entries, string file)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var state = module.state_dict();
        var match = new WeightsMatch(state.ToDictionary(item => item.Key, item => item.Value.shape), entries);
        var problems = match.Problems();
        if (problems.Count > 0)
            throw new InvalidDataException($"{file} does not fit {module.GetName()}. Tensors {string.Join("; ", problems)}.");
        foreach (var (name, entry) in match.Fitting)
            entry.CopyTo(state[name]);
    }
}
