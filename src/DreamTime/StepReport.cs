namespace DreamTime;

/// <summary>What one optimisation step did.</summary>
/// <param name="Index">The step i, 1..<paramref name="Total"/>.</param>
/// <param name="Total">N, the number of steps of the run.</param>
/// <param name="Timestep">The diffusion timestep t(i), the paper's 1..T; of the first view where views draw their own.</param>
/// <param name="ResidualRms">Root mean square of eps_hat - eps.</param>
/// <param name="GradientNorm">Euclidean norm of the gradient of all parameters.</param>
/// <param name="Opacity">Mean opacity of the views, 0..1.</param>
/// <param name="Rate">Steps a second, over the last steps.</param>
/// <param name="Remaining">Estimated time to the end of the run.</param>
public sealed record StepReport(
    int Index, int Total, int Timestep, double ResidualRms, double GradientNorm, double Opacity, double Rate, TimeSpan Remaining);
