using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>Samples along rays through a signed distance, what was seen there, and the way back.</summary>
internal sealed class NeusRays(NeusOptions options, NerfField field, RayMarcher marcher, ParallelOptions parallel)
{
    private readonly Samples _samples = new();
    // A distance rises outwards.
    private readonly SurfaceSamples _surface = new(FieldSlope.Of(field, options.NormalMethod, options.NormalEpsilon, options.Field.Radius, parallel), outward: 1);
    private readonly SpatialSmoothness _smoothness = new(
        field, options.Field with { NormalMethod = options.NormalMethod, NormalEpsilon = options.NormalEpsilon }, outward: 1, parallel);
    private readonly RayPlacement _placement = new(marcher, parallel);
    private long _seed;
    private float[] _density = [];

    /// <summary>mean (|gradient| - 1)^2 over the samples of the last <see cref="Forward"/>.</summary>
    public double Eikonal { get; private set; }

    /// <summary>Of the last <see cref="Forward"/>.</summary>
    public Samples Samples => _samples;

    /// <summary>Fills the images at some rays.</summary>
    public void Forward(RenderedRays rays, int first, int count, long? seed, NeusAlpha alpha)
    {
        _seed = seed ?? 0;
        _placement.Place(rays, first, count, seed, _samples, field.Features);
        field.Evaluate(_samples);
        _surface.Evaluate(_samples);
        if (_density.Length < _samples.Count)
            _density = new float[_samples.Count];

        Parallel.For(0, count, parallel, ray =>
        {
            var (start, length) = (_samples.RayStart[ray], _placement.CountOf(ray));
            var direction = rays.Ray(first + ray).Direction;
            for (var i = start; i < start + length; i++)
                _density[i] = DensityOf(alpha.Of(_samples.Density[i], Vector3.Dot(_surface.Slope(i), direction)));
            _surface.Shade(rays, first + ray, _samples, start, start + length);
            rays.Set(first + ray, Compositing.Forward(
                _density.AsSpan(start, length), _samples.Red.AsSpan(start, length), _samples.Green.AsSpan(start, length), _samples.Blue.AsSpan(start, length),
                _samples.Distance.AsSpan(start, length), marcher.Step, rays.Background(first + ray), options.Field.EarlyStop));
            if (rays.HasNormals)
                _surface.Composite(rays, first + ray, _density, start, start + rays.Used[first + ray], marcher.Step);
        });

        Eikonal = 0;
        for (var i = 0; i < _samples.Count; i++)
            Eikonal += (_surface.Slope(i).Length() - 1.0) * (_surface.Slope(i).Length() - 1.0) / _samples.Count;
    }

    /// <summary>Adds the gradient of the field, the eikonal loss included; returns that of the sharpness. All rays were rendered by one <see cref="Forward"/>.</summary>
    public float Backward(RenderedRays rays, ImageGradients gradients, NerfRegularizers regularizers, NeusAlpha alpha)
    {
        var solidRays = rays.Images.Opacity.Count(o => o > 0.5f);
        var seenRays = Math.Max(1, rays.Images.Opacity.Count(o => o > 0));
        var sharpness = new float[rays.Count];
        Parallel.For(0, rays.Count, parallel, ray => sharpness[ray] = BackwardRay(rays, ray, gradients, regularizers, (solidRays, seenRays), alpha));
        if (regularizers.SpatialNormalSmoothness != 0)
            _smoothness.AddGradient(_samples, _surface, regularizers.SpatialNormalSmoothness, _seed);
        _surface.Backward(_samples);
        field.Backward(_samples);
        return sharpness.Sum();
    }

    /// <summary>The density that is as opaque over one step.</summary>
    private float DensityOf(float alpha) => -MathF.Log(1 - alpha) / marcher.Step;

    private float BackwardRay(RenderedRays rays, int ray, ImageGradients gradients, NerfRegularizers regularizers, (int Solid, int Seen) counts, NeusAlpha alpha)
    {
        var eikonal = regularizers.Eikonal ?? options.Eikonal;
        var (start, length, used) = (_samples.RayStart[ray], _placement.CountOf(ray), rays.Used[ray]);
        Span<float> weights = stackalloc float[used], weightGradient = stackalloc float[used], densityGradient = stackalloc float[used];
        Span<float> distance = _samples.Distance.AsSpan(start, used);
        Compositing.Weights(_density.AsSpan(start, used), marcher.Step, weights);
        weightGradient.Clear();
        var opacity = rays.Images.Opacity[ray];
        regularizers.AddWeightGradient(weights, distance, marcher.Step, opacity, rays.Count, counts.Solid, weightGradient);
        var normalGradient = rays.Read(ray, gradients.Normals);
        if (gradients.Normals is not null)
            _surface.AddWeightGradient(start, normalGradient, weightGradient);
        Compositing.Backward(
            weights, weightGradient, _samples.Red.AsSpan(start, used), _samples.Green.AsSpan(start, used), _samples.Blue.AsSpan(start, used), distance,
            marcher.Step, rays.Background(ray), rays.Read(ray, gradients.Color),
            (gradients.Opacity?[ray] ?? 0) + regularizers.OpacityGradient(opacity, rays.Count), gradients.Depth?[ray] ?? 0, densityGradient);
        _surface.Backward(rays, ray, _samples, start, weights, normalGradient, regularizers.Orientation / counts.Seen);

        // Behind the early stop nothing was seen; the eikonal loss is over all samples.
        _samples.Red.AsSpan(start + used, length - used).Clear();
        _samples.Green.AsSpan(start + used, length - used).Clear();
        _samples.Blue.AsSpan(start + used, length - used).Clear();
        var (direction, sharpness) = (rays.Ray(ray).Direction, 0f);
        for (var k = 0; k < length; k++)
        {
            var i = start + k;
            var normal = _surface.Slope(i);
            var size = normal.Length();
            var gradient = size > 0 ? 2 * eikonal / _samples.Count * (size - 1) / size * normal : Vector3.Zero;
            var byDistance = 0f;
            if (k < used)
            {
                var (value, slope) = (_samples.Density[i], Vector3.Dot(normal, direction));
                var slopes = alpha.Derivative(value, slope);
                var alphaGradient = densityGradient[k] / ((1 - alpha.Of(value, slope)) * marcher.Step);
                gradient += alphaGradient * slopes.BySlope * direction;
                sharpness += alphaGradient * slopes.BySharpness;
                byDistance = alphaGradient * slopes.ByDistance;
            }

            _samples.Density[i] = byDistance;
            _surface.Gradient[i] += gradient;
        }

        return sharpness;
    }
}
