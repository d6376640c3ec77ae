using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Benchmarks;

/// <summary>Times every layer of a network on each call, in seconds of a core, and counts its multiplications and additions.</summary>
internal sealed class LayerClock
{
    private readonly List<Layer> layers = [];
    private readonly List<(string Path, Layer Whole)> attentions = [];

    /// <param name="network">A network whose hooks nobody else needs.</param>
    public LayerClock(nn.Module network)
    {
        foreach (var (path, module) in network.named_modules())
            switch (module)
            {
                case nn.Module<Tensor, Tensor> convolution when module.GetType().Name == "Conv2d":
                    double perOutput = 2.0 * convolution.get_parameter("weight")!.shape[1..].Aggregate(1L, (a, b) => a * b);
                    Watch(path, "convolution", convolution, output => perOutput * output.numel());
                    break;
                case nn.Module<Tensor, Tensor> linear when module.GetType().Name == "Linear":
                    Watch(path, "linear", linear, output => 2.0 * linear.get_parameter("weight")!.shape[1] * output.numel());
                    break;
                case nn.Module<Tensor, Tensor> norm when module.GetType().Name is "GroupNorm" or "LayerNorm":
                    Watch(path, "normalisation", norm, _ => 0);
                    break;
                case nn.Module<Tensor, Tensor, Tensor> attention when module.GetType().Name == "Attention":
                    var whole = new Layer(path, "attention");
                    attention.register_forward_pre_hook((_, hidden, context) => { whole.Start(); return (hidden, context); });
                    attention.register_forward_hook((_, hidden, context, output) =>
                    {
                        // Queries with keys, and weights with values.
                        whole.Stop(4.0 * output.numel() * context.shape[1]);
                        return output;
                    });
                    attentions.Add((path, whole));
                    break;
            }
    }

    public void Reset()
    {
        foreach (var layer in layers.Concat(attentions.Select(attention => attention.Whole)))
            layer.Reset();
    }

    /// <summary>Core-seconds and operations since the last reset, summed by a name that a layer's path and kind have.</summary>
    public IEnumerable<(string Name, double Seconds, double Operations)> By(Func<string, string, string> name) =>
        layers
            .Concat(attentions.Select(attention => attention.Whole.Without(layers.Where(layer => layer.Path.StartsWith(attention.Path + ".", StringComparison.Ordinal)))))
            .GroupBy(layer => name(layer.Path, layer.Kind))
            .Select(group => (group.Key, group.Sum(layer => layer.Seconds), group.Sum(layer => layer.Operations)));

    private void Watch(string path, string kind, nn.Module<Tensor, Tensor> module, Func<Tensor, double> operations)
    {
        var layer = new Layer(path, kind);
        module.register_forward_pre_hook((_, input) => { layer.Start(); return input; });
        module.register_forward_hook((_, _, output) => { layer.Stop(operations(output)); return output; });
        layers.Add(layer);
    }

    private sealed class Layer(string path, string kind)
    {
        private double began;

        public string Path => path;

        public string Kind => kind;

        public double Seconds { get; private set; }

        public double Operations { get; private set; }

        public void Start() => began = CoreSeconds.Now;

        public void Stop(double operations)
        {
            Seconds += CoreSeconds.Now - began;
            Operations += operations;
        }

        public void Reset() => (Seconds, Operations) = (0, 0);

        /// <summary>What is left when the layers inside are counted by themselves.</summary>
        public Layer Without(IEnumerable<Layer> inner) => new(path, kind) { Seconds = Seconds - inner.Sum(layer => layer.Seconds), Operations = Operations };
    }
}
