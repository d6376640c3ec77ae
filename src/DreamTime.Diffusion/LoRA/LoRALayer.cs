using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>The low-rank update of one layer: <c>up(down(x))</c>, beside what the layer itself computes.</summary>
internal sealed class LoRALayer : IDisposable
{
    private readonly Action detach;

    /// <summary>Attaches to a linear layer or a 1x1 convolution.</summary>
    /// <param name="layer">The layer; it stays the caller's.</param>
    /// <param name="down">[rank, in], taken over.</param>
    /// <param name="up">[out, rank], taken over.</param>
    /// <param name="scale">Asked at every call; 0 leaves the update out.</param>
    public LoRALayer(nn.Module<Tensor, Tensor> layer, Parameter down, Parameter up, Func<double> scale)
    {
        Down = down;
        Up = up;
        bool isMap = layer is Conv2d;
        var hook = layer.register_forward_hook((_, input, output) =>
        {
            double factor = scale();
            if (factor == 0)
                return output;
            using var scope = NewDisposeScope();
            var pixels = isMap ? input.permute(0, 2, 3, 1) : input;
            var update = nn.functional.linear(nn.functional.linear(pixels, Down), Up);
            if (isMap)
                update = update.permute(0, 3, 1, 2);
            return output.Plus(factor == 1 ? update : update.Times(factor)).MoveToOuterDisposeScope();
        });
        detach = hook.remove;
    }

    public Parameter Down { get; }

    public Parameter Up { get; }

    /// <summary>Input and output width of a layer that can be updated; null for any other.</summary>
    public static (long In, long Out)? Widths(nn.Module layer) => layer switch
    {
        Linear { Weight: var weight } => (weight.shape[1], weight.shape[0]),
        Conv2d { Weight: var weight } when weight.shape[2] == 1 && weight.shape[3] == 1 => (weight.shape[1], weight.shape[0]),
        _ => null,
    };

    public void Dispose()
    {
        detach();
        Down.Dispose();
        Up.Dispose();
    }
}
