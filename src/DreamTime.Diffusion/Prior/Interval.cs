namespace DreamTime.Diffusion;

/// <summary>A closed range of numbers.</summary>
/// <param name="Low">The smallest.</param>
/// <param name="High">The largest.</param>
public readonly record struct Interval(double Low, double High);
