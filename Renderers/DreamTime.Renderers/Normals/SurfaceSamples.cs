using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>
/// The samples of rays as points of surfaces: their unit normals, their colours under a light, and the way back to the field's slope and albedo.
/// </summary>
/// <param name="slope">The field's slope.</param>
/// <param name="outward">1 where the value rises outwards, as a distance does; -1 where it falls, as a density does.</param>
internal sealed class SurfaceSamples(FieldSlope slope, float outward)
{
    private Vector3[] _albedo = [];
    private Vector3[] _slopes = [];
    private Vector3[] _gradient = [];

    /// <summary>dL/dslope of each sample. Whoever takes the gradient of a ray's samples adds to it.</summary>
    public Vector3[] Gradient => _gradient;

    /// <summary>Evaluates the slope at the samples and makes room for their gradient, which is 0.</summary>
    public void Evaluate(Samples samples)
    {
        slope.Evaluate(samples);
        if (_slopes.Length < slope.Values.Length)
            (_albedo, _slopes, _gradient) = (new Vector3[slope.Values.Length], new Vector3[slope.Values.Length], new Vector3[slope.Values.Length]);
        slope.Values.AsSpan(0, samples.Count).CopyTo(_slopes);
        _gradient.AsSpan(0, samples.Padded).Clear();
    }

    /// <summary>The field's slope at a sample, per world unit.</summary>
    public Vector3 Slope(int i) => _slopes[i];

    /// <summary>Of length 1, pointing outside; 0 where the field is flat.</summary>
    public Vector3 Normal(int i) => _slopes[i].LengthSquared() is var square && square > 0 && float.IsFinite(square) ? _slopes[i] * (outward / MathF.Sqrt(square)) : Vector3.Zero;

    /// <summary>Replaces the albedo of a ray's samples by their colours under its light.</summary>
    public void Shade(RenderedRays rays, int ray, Samples samples, int start, int end)
    {
        var shading = rays.Shading(ray);
        if (shading.IsPlain)
            return;

        var (origin, direction) = rays.Ray(ray);
        for (var i = start; i < end; i++)
        {
            _albedo[i] = new Vector3(samples.Red[i], samples.Green[i], samples.Blue[i]);
            var color = (shading.IsTextureless ? Vector3.One : _albedo[i]) * shading.Brightness(Normal(i), origin + samples.Distance[i] * direction);
            (samples.Red[i], samples.Green[i], samples.Blue[i]) = (color.X, color.Y, color.Z);
        }
    }

    /// <summary>Fills the normal that a ray sees.</summary>
    public void Composite(RenderedRays rays, int ray, ReadOnlySpan<float> density, int start, int end, float step)
    {
        Span<float> weights = stackalloc float[end - start];
        Compositing.Weights(density[start..end], step, weights);
        var sum = Vector3.Zero;
        for (var i = 0; i < weights.Length; i++)
            sum += weights[i] * Normal(start + i);
        rays.SetNormal(ray, sum);
    }

    /// <summary>Adds what the seen normal's gradient wants of the weights of a ray's samples.</summary>
    public void AddWeightGradient(int start, Vector3 normalGradient, Span<float> weightGradient)
    {
        for (var i = 0; i < weightGradient.Length; i++)
            weightGradient[i] += Vector3.Dot(normalGradient, Normal(start + i));
    }

    /// <summary>Replaces the gradients of the colours of a ray's samples by those of their albedo, and adds what goes through their normals to <see cref="Gradient"/>.</summary>
    /// <param name="rays">Of the render.</param>
    /// <param name="ray">The ray.</param>
    /// <param name="samples">With gradients in the place of colours.</param>
    /// <param name="start">The ray's first sample.</param>
    /// <param name="weights">Of the samples that it used.</param>
    /// <param name="normalGradient">dL/d(seen normal).</param>
    /// <param name="orientation">The weight of weight max(0, normal . ray)^2.</param>
    public void Backward(
        RenderedRays rays, int ray, Samples samples, int start, ReadOnlySpan<float> weights, Vector3 normalGradient, float orientation)
    {
        var (shading, (origin, direction)) = (rays.Shading(ray), rays.Ray(ray));
        for (var k = 0; k < weights.Length; k++)
        {
            var i = start + k;
            var normal = Normal(i);
            var gradient = weights[k] * (normalGradient + 2 * orientation * MathF.Max(0, Vector3.Dot(normal, direction)) * direction);
            if (!shading.IsPlain)
                gradient += Unshade(samples, i, shading, normal, origin + samples.Distance[i] * direction);

            AddNormalGradient(i, gradient);
        }
    }

    /// <summary>Adds to <see cref="Gradient"/> that of a sample's normal: through the normalisation, what is along the normal changes nothing.</summary>
    public void AddNormalGradient(int i, Vector3 gradient)
    {
        if (Normal(i) is var normal && normal != Vector3.Zero)
            _gradient[i] += (gradient - Vector3.Dot(gradient, normal) * normal) * (outward / _slopes[i].Length());
    }

    /// <summary>Hands <see cref="Gradient"/> on to the field.</summary>
    public void Backward(Samples samples) => slope.Backward(samples, _gradient);

    /// <summary>Returns dL/dnormal through the light.</summary>
    private Vector3 Unshade(Samples samples, int i, Shading shading, Vector3 normal, Vector3 place)
    {
        var gradient = new Vector3(samples.Red[i], samples.Green[i], samples.Blue[i]);
        var albedoGradient = shading.IsTextureless ? Vector3.Zero : shading.Brightness(normal, place) * gradient;
        (samples.Red[i], samples.Green[i], samples.Blue[i]) = (albedoGradient.X, albedoGradient.Y, albedoGradient.Z);
        return Vector3.Dot(gradient, shading.IsTextureless ? Vector3.One : _albedo[i]) * shading.BrightnessSlope(normal, place).ByNormal;
    }
}
