namespace DreamTime.Diffusion;

/// <summary>A noise level at which a sampler asks the model.</summary>
/// <param name="Timestep">The paper's t, from 1 to T; some samplers also visit levels between two trained ones.</param>
/// <param name="AlphaBar">abar at that level, in 0..1.</param>
public readonly record struct SamplingPoint(double Timestep, double AlphaBar);
