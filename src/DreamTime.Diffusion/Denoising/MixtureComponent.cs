namespace DreamTime.Diffusion;

/// <summary>One isotropic Gaussian of a mixture over clean samples.</summary>
/// <param name="Weight">Its share, positive; shares are normalised.</param>
/// <param name="Mean">Its mean, c h w values row by row.</param>
/// <param name="StandardDeviation">Its spread, the same in every direction, at least 0.</param>
public sealed record MixtureComponent(double Weight, IReadOnlyList<double> Mean, double StandardDeviation);
