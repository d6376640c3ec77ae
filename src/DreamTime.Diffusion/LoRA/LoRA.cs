using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>
/// Low-rank adaptation of a network (Hu et al. 2022), attached to it: each adapted layer computes <c>y = W x + scale up(down(x))</c>.
/// Disposing detaches it. The network's own parameters are untouched; freeze them where only the adaptation is to be trained.
/// </summary>
public sealed class LoRA : IDisposable
{
    private static readonly string[] AttentionLayers = [".to_q", ".to_k", ".to_v", ".to_out.0", ".add_k_proj", ".add_v_proj"];

    private readonly SortedDictionary<string, LoRALayer> layers = new(StringComparer.Ordinal);

    private LoRA()
    {
    }

    /// <summary>Factor on all updates; at 0 the network computes what it did without them, at no cost.</summary>
    public double Scale { get; set; } = 1;

    /// <summary>The paths of the adapted layers in the network.</summary>
    public IReadOnlyCollection<string> Layers => layers.Keys;

    /// <summary>Rank of the updates, layer by layer.</summary>
    public IEnumerable<int> Ranks => layers.Values.Select(layer => (int)layer.Down.shape[0]);

    /// <summary>What is trained.</summary>
    public IEnumerable<Parameter> Parameters => layers.Values.SelectMany(layer => new[] { layer.Down, layer.Up });

    /// <summary>
    /// A new adaptation of every attention projection, as variational score distillation trains it: it does nothing yet, since <c>up</c> is zero
    /// and <c>down</c> normal with deviation 1 / rank.
    /// </summary>
    /// <param name="network">The network.</param>
    /// <param name="rank">Rank of each update, positive.</param>
    /// <param name="generator">Draws <c>down</c>; null for torch's own.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rank is not positive.</exception>
    /// <exception cref="ArgumentException">The network has no attention projections.</exception>
    public static LoRA Create(nn.Module network, int rank, Generator? generator = null)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(rank);
        var lora = new LoRA();
        foreach (var (path, layer) in network.named_modules())
            if (AttentionLayers.Any(suffix => path.EndsWith(suffix, StringComparison.Ordinal)) && LoRALayer.Widths(layer) is var (width, height))
                lora.Attach(path, layer, randn([rank, width], generator: generator).Over(rank), zeros(height, rank));
        return lora.layers.Count > 0
            ? lora
            : throw new ArgumentException($"{network.GetName()} has no attention projections (to_q, to_k, to_v, to_out.0) to adapt.", nameof(network));
    }

    /// <summary>Attaches the part of a file that belongs to a network.</summary>
    /// <param name="network">A <see cref="UNet2DConditionModel"/> or a <see cref="CLIPTextModel"/>.</param>
    /// <param name="file">The file's tensors, from <see cref="LoRAFile.Read"/>.</param>
    /// <exception cref="InvalidDataException">The file adapts layers that the network does not have, or that are of another shape; all are listed.</exception>
    /// <exception cref="ArgumentException">The file holds nothing for this network.</exception>
    public static LoRA Attach(nn.Module network, LoRAFile file)
    {
        ArgumentNullException.ThrowIfNull(network);
        ArgumentNullException.ThrowIfNull(file);
        var modules = network.named_modules().ToDictionary(pair => pair.name, pair => pair.module);
        var lora = new LoRA();
        foreach (var (path, down, up) in file.For(network, modules))
            lora.Attach(path, modules[path], down, up);
        return lora;
    }

    /// <summary>The updates under the names that diffusers writes, to be saved with <see cref="Safetensors.Write(string, IReadOnlyDictionary{string, Tensor}, SafetensorsDtype, IReadOnlyDictionary{string, string}?)"/>.</summary>
    public IReadOnlyDictionary<string, Tensor> StateDict()
    {
        var state = new SortedDictionary<string, Tensor>(StringComparer.Ordinal);
        foreach (var (path, layer) in layers)
        {
            state.Add(LoRAKey.DiffusersName(path) + ".down.weight", layer.Down);
            state.Add(LoRAKey.DiffusersName(path) + ".up.weight", layer.Up);
        }
        return state;
    }

    /// <summary>Detaches the updates and frees them.</summary>
    public void Dispose()
    {
        foreach (var layer in layers.Values)
            layer.Dispose();
        layers.Clear();
    }

    private void Attach(string path, nn.Module layer, Tensor down, Tensor up)
    {
        var like = ((nn.Module<Tensor, Tensor>)layer).parameters().First();
        layers.Add(path, new LoRALayer((nn.Module<Tensor, Tensor>)layer, Owned(down), Owned(up), () => Scale));

        // Parameters outlive the caller's dispose scope.
        Parameter Owned(Tensor values)
        {
            using (values)
            {
                var parameter = nn.Parameter(values.detach().to(like.dtype, like.device, copy: true));
                parameter.DetachFromDisposeScope();
                return parameter;
            }
        }
    }
}
