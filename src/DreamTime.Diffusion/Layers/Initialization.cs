using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>
/// The numbers that a new layer starts from: PyTorch's default ones, or none. Drawing them for a network of Stable Diffusion's size takes seconds, which is time
/// lost where a file's weights take their place.
/// </summary>
internal static class Initialization
{
    [ThreadStatic]
    private static bool isLeftOut;

    /// <summary>Builds a network whose weights are memory and no more; every one of them must be loaded before the network is called.</summary>
    public static T LeftOut<T>(Func<T> build)
    {
        bool before = isLeftOut;
        isLeftOut = true;
        try
        {
            return build();
        }
        finally
        {
            isLeftOut = before;
        }
    }

    /// <summary>Uniform in +-1 / sqrt(inputs): what a linear layer and a convolution start from, weights and biases alike (He et al. 2015 with a = sqrt 5).</summary>
    /// <param name="inputs">How many numbers each output is a sum of.</param>
    /// <param name="shape">The parameter's.</param>
    public static Parameter Uniform(long inputs, params long[] shape)
    {
        double bound = 1 / Math.Sqrt(inputs);
        return Parameter(shape, values => nn.init.uniform_(values, -bound, bound));
    }

    /// <summary>Normal around 0: what an embedding starts from.</summary>
    public static Parameter Normal(double deviation, params long[] shape) => Parameter(shape, values => nn.init.normal_(values, 0, deviation));

    private static Parameter Parameter(long[] shape, Action<Tensor> draw)
    {
        var values = empty(shape);
        if (!isLeftOut)
            draw(values);
        return nn.Parameter(values);
    }
}
