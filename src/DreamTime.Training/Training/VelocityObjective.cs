using DreamTime.Diffusion;
using DreamTime.Schedules;
using static TorchSharp.torch;

namespace DreamTime.Training;

/// <summary>
/// The loss that is minimised: mean squared error of the velocity v = sqrt(abar) eps - sqrt(1 - abar) x0 (Salimans and Ho 2022), which weights the
/// clean image's error by 1 + SNR.
/// </summary>
public sealed class VelocityObjective : IDisposable
{
    private readonly PixelUnshuffleCodec codec = new(PriorArchitecture.Unshuffle);
    private readonly double[] alphaBars = PriorFolder.Noise().AlphaBars;

    /// <summary>T.</summary>
    public int Timesteps => alphaBars.Length;

    /// <summary>The loss of some images, as a scalar tensor with its graph.</summary>
    /// <param name="network">The network; the tensors lie where it computes.</param>
    /// <param name="images">Display values [b, 3, h, w] in 0..1.</param>
    /// <param name="tokens">Caption ids [b, length], int64.</param>
    /// <param name="timesteps">The paper's t, one an image.</param>
    /// <param name="noise">Standard normal numbers, in the latent's shape.</param>
    public Tensor Loss(PriorNetwork network, Tensor images, Tensor tokens, int[] timesteps, Tensor noise)
    {
        using var scope = NewDisposeScope();
        var clean = codec.Encode(images);
        var signal = Column(timesteps, abar => Math.Sqrt(abar));
        var sigma = Column(timesteps, abar => Math.Sqrt(1 - abar));
        var states = network.Text.call(tokens).LastHiddenState;
        var steps = tensor(timesteps.Select(t => t - 1L).ToArray(), device: network.Device);
        var predicted = network.UNet.call((signal * clean).Plus(sigma * noise), steps, states);
        return (predicted - (signal * noise - sigma * clean)).square().mean().MoveToOuterDisposeScope();

        Tensor Column(int[] timesteps, Func<double, double> of) =>
            tensor(timesteps.Select(t => (float)of(alphaBars[t - 1])).ToArray(), device: network.Device).reshape(-1, 1, 1, 1);
    }

    /// <summary>Nothing but the codec's place.</summary>
    public void Dispose() => codec.Dispose();
}
