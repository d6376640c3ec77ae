using TorchSharp;
using static TorchSharp.torch;

namespace DreamTime;

/// <summary>What the guidance says of a batch of images, as tensors of the caller's dispose scope.</summary>
/// <param name="Image">dL/dimage, [views, 3, height, width], averaged over the views.</param>
/// <param name="Latent">w(t) (eps_hat - eps), [views, c, h, w], of each view by itself.</param>
/// <param name="Residual">eps_hat - eps, [views, c, h, w].</param>
public sealed record DistillationTensors(Tensor Image, Tensor Latent, Tensor Residual)
{
    /// <summary>Half the squared length of <see cref="Latent"/>, averaged over the views: the loss whose gradient this is, where the target stands still.</summary>
    public double Loss()
    {
        using var scope = NewDisposeScope();
        return Latent.square().sum().ToDouble() / 2 / Latent.shape[0];
    }
}
