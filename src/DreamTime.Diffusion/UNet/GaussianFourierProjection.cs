using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>Random Fourier features of a timestep (Tancik et al. 2020), [b] to [b, 2 frequencies]. The frequencies are weights that are not trained.</summary>
internal sealed class GaussianFourierProjection : nn.Module<Tensor, Tensor>
{
    private readonly bool flipSinToCos;

    public GaussianFourierProjection(int frequencies, bool flipSinToCos)
        : base(nameof(GaussianFourierProjection))
    {
        this.flipSinToCos = flipSinToCos;
        register_buffer("weight", randn(frequencies));
    }

    public override Tensor forward(Tensor timesteps)
    {
        using var scope = NewDisposeScope();
        var phase = (timesteps.to(ScalarType.Float32).unsqueeze(1) * get_buffer("weight")!.to(ScalarType.Float32)).Times(2 * Math.PI);
        var (sines, cosines) = (sin(phase), cos(phase));
        return cat(flipSinToCos ? [cosines, sines] : [sines, cosines], -1).MoveToOuterDisposeScope();
    }
}
