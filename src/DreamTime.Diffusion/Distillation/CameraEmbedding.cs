using TorchSharp.Modules;
using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>
/// From a camera, as the numbers of its matrix, to a vector beside the time embedding, [b, camera] to [b, time]: what tells the particle
/// model of variational score distillation which side it looks at.
/// </summary>
public sealed class CameraEmbedding : nn.Module<Tensor, Tensor>
{
    /// <summary>The numbers of a 4x4 matrix.</summary>
    public const int MatrixNumbers = 16;

    private readonly Linear linear_1;
    private readonly Linear linear_2;

    /// <summary>Builds the embedding with random weights.</summary>
    /// <param name="timeEmbeddingDim">Width of the U-Net's time embedding.</param>
    /// <param name="numbers">How many numbers describe a camera.</param>
    public CameraEmbedding(int timeEmbeddingDim, int numbers = MatrixNumbers)
        : base(nameof(CameraEmbedding))
    {
        linear_1 = new Linear(numbers, timeEmbeddingDim);
        linear_2 = new Linear(timeEmbeddingDim, timeEmbeddingDim);
        RegisterComponents();
    }

    /// <summary>Embeds cameras.</summary>
    /// <param name="camera">[b, numbers].</param>
    public override Tensor forward(Tensor camera)
    {
        using var scope = NewDisposeScope();
        return linear_2.call(nn.functional.silu(linear_1.call(camera))).MoveToOuterDisposeScope();
    }
}
