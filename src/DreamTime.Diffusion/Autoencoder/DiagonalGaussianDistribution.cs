using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>A normal distribution whose components are independent: what an encoder knows of a latent.</summary>
/// <param name="Mean">Means [b, c, h, w].</param>
/// <param name="LogVariance">Logarithms of the variances [b, c, h, w], within -30..20.</param>
public sealed record DiagonalGaussianDistribution(Tensor Mean, Tensor LogVariance) : IDisposable
{
    private const double LeastLogVariance = -30;
    private const double MostLogVariance = 20;

    /// <summary>Draws from the distribution; differentiable.</summary>
    /// <param name="noise">Standard normal [b, c, h, w].</param>
    /// <returns>mean + exp(log variance / 2) noise, owned by the caller.</returns>
    public Tensor Sample(Tensor noise)
    {
        ArgumentNullException.ThrowIfNull(noise);
        using var scope = NewDisposeScope();
        return Mean.Plus(exp(LogVariance.Times(0.5)) * noise).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Mean.Dispose();
        LogVariance.Dispose();
    }

    /// <summary>Means in the first half of the channels, logarithms of variances in the second: [b, 2c, h, w].</summary>
    internal static DiagonalGaussianDistribution OfMoments(Tensor moments)
    {
        var halves = moments.chunk(2, 1);
        return new(halves[0].contiguous(), halves[1].clamp(LeastLogVariance, MostLogVariance).contiguous());
    }

    internal DiagonalGaussianDistribution MoveToOuterDisposeScope()
    {
        Mean.MoveToOuterDisposeScope();
        LogVariance.MoveToOuterDisposeScope();
        return this;
    }
}
