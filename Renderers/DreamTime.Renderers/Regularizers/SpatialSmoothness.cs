using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>
/// The mean absolute difference between the normals at samples and those a little way off, in a random direction (threestudio's 3D normal smoothness): surfaces without bumps, wherever rays
/// went.
/// </summary>
/// <param name="field">Whose normals.</param>
/// <param name="options">How they are found; the field's radius.</param>
/// <param name="outward">1 where the value rises outwards, as a distance does; -1 where it falls, as a density does.</param>
/// <param name="parallel">How many threads.</param>
internal sealed class SpatialSmoothness(NerfField field, NerfOptions options, float outward, ParallelOptions parallel)
{
    /// <summary>Standard deviation of the way along each axis, in world units (threestudio's).</summary>
    public const float Deviation = 0.01f;

    private readonly Samples _moved = new();
    private readonly SurfaceSamples _surface = new(FieldSlope.Of(field, options.NormalMethod, options.NormalEpsilon, options.CubeRadius, parallel), outward);

    /// <summary>The samples a little way off, of the last <see cref="AddGradient"/>.</summary>
    public Samples Moved => _moved;

    /// <summary>Adds to the gradients of the field's parameters, and to those of the samples' slopes.</summary>
    /// <param name="samples">In the field.</param>
    /// <param name="surface">Theirs, evaluated.</param>
    /// <param name="weight">Of the mean over the samples' three parts.</param>
    /// <param name="seed">Of the ways.</param>
    public void AddGradient(Samples samples, SurfaceSamples surface, float weight, long seed)
    {
        if (samples.Count == 0)
            return;

        _moved.Allocate([samples.Count], field.Features);
        var scale = Deviation / (2 * options.CubeRadius);
        Parallel.For(0, samples.Count, parallel, i =>
        {
            var way = scale * new Vector3(Normal(seed, i, 0), Normal(seed, i, 1), Normal(seed, i, 2));
            var place = Vector3.Clamp(new Vector3(samples.X[i], samples.Y[i], samples.Z[i]) + way, Vector3.Zero, Vector3.One);
            (_moved.X[i], _moved.Y[i], _moved.Z[i]) = (place.X, place.Y, place.Z);
        });
        field.Evaluate(_moved);
        _surface.Evaluate(_moved);
        var share = weight / (3 * samples.Count);
        for (var i = 0; i < samples.Count; i++)
        {
            var difference = surface.Normal(i) - _surface.Normal(i);
            var gradient = share * new Vector3(MathF.Sign(difference.X), MathF.Sign(difference.Y), MathF.Sign(difference.Z));
            surface.AddNormalGradient(i, gradient);
            _surface.AddNormalGradient(i, -gradient);
        }

        foreach (var plane in (ReadOnlySpan<float[]>)[_moved.Density, _moved.Red, _moved.Green, _moved.Blue])
            Array.Clear(plane);
        _surface.Backward(_moved);
        field.Backward(_moved);
    }

    /// <summary>Standard normal (Box and Muller 1958).</summary>
    private static float Normal(long seed, int sample, int axis)
    {
        var (radius, angle) = (1 - CounterRandom.Uniform(seed, sample, axis, 100), CounterRandom.Uniform(seed, sample, axis, 101));
        return (float)(Math.Sqrt(-2 * Math.Log(radius)) * Math.Cos(2 * Math.PI * angle));
    }
}
