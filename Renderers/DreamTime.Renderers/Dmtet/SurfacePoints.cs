using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>The places of a surface that pixels show: asked for their material and shaded in one go, and the way back. Buffers grow and are kept.</summary>
/// <param name="material">What the surface is made of.</param>
/// <param name="shading">From there to a colour.</param>
/// <param name="parallel">How many threads.</param>
internal sealed class SurfacePoints(MaterialField material, SurfaceShading shading, ParallelOptions parallel)
{
    private const int Block = 1 << 9;

    /// <summary>The least cosine, of the angle between a surface and what looks along it, that a gradient is divided by.</summary>
    private const float Grazing = 0.02f;

    private readonly MaterialPoints _points = new(material.Channels);
    private (DmtetView View, int Pixel)[] _pixels = [];
    private Vector3[] _positions = [], _pulls = [], _normalPulls = [], _placePulls = [];

    /// <summary>Fills colour, opacity and depth of pixels that show the surface.</summary>
    public void Forward((DmtetView View, int Pixel)[] pixels)
    {
        _pixels = pixels;
        if (_positions.Length < pixels.Length)
            (_positions, _pulls, _normalPulls, _placePulls) =
                (new Vector3[pixels.Length], new Vector3[pixels.Length], new Vector3[pixels.Length], new Vector3[pixels.Length]);
        ForEach(i => _positions[i] = pixels[i].View.PositionAt(pixels[i].Pixel));
        material.Place(_positions.AsSpan(0, pixels.Length), _points);
        material.Evaluate(_points);
        ForEach(i =>
        {
            Span<float> numbers = stackalloc float[material.Channels];
            Load(i, numbers);
            var (view, pixel) = pixels[i];
            var ray = _positions[i] - view.Camera.Position;
            var planes = view.Planes;
            var normal = view.NormalAt(pixel);
            var color = shading.Color(numbers, normal, -Vector3.Normalize(ray));
            if (normal != Vector3.Zero)
                color = SurfaceLight.Lit(color, view.Light, normal = Vector3.Normalize(normal), _positions[i]);
            (planes[0, pixel], planes[1, pixel], planes[2, pixel]) = (color.X, color.Y, color.Z);
            (planes[ViewPlanes.Opacity, pixel], planes[ViewPlanes.Depth, pixel]) = (1, ray.Length());
            for (var channel = ViewPlanes.Normals; channel < planes.Channels; channel++)
                planes[channel, pixel] = normal[channel - ViewPlanes.Normals];
        });
    }

    /// <summary>Adds the gradients of the material's parameters, of the vertices and of their normals, from that of the pixels that <see cref="Forward"/> filled.</summary>
    /// <param name="gradientOf">Of each view's planes at the pixels' centres.</param>
    /// <param name="vertexGradient">A vector a vertex of the surface.</param>
    /// <param name="normalGradient">As many, or none where nothing uses normals.</param>
    public void Backward(Func<DmtetView, ViewPlanes> gradientOf, Span<Vector3> vertexGradient, Span<Vector3> normalGradient)
    {
        ForEach(i =>
        {
            Span<float> numbers = stackalloc float[material.Channels];
            Load(i, numbers);
            var (view, pixel) = _pixels[i];
            var planes = gradientOf(view);
            var (normal, toCamera) = (view.NormalAt(pixel), Vector3.Normalize(view.Camera.Position - _positions[i]));
            var gradient = new Vector3(planes[0, pixel], planes[1, pixel], planes[2, pixel]);
            var (ofUnit, ofPlace) = (Vector3.Zero, Vector3.Zero);
            if (normal != Vector3.Zero && !view.Light.IsPlain)
            {
                var color = view.Light.IsTextureless ? Vector3.One : shading.Color(numbers, normal, toCamera);
                (gradient, ofUnit, ofPlace) = SurfaceLight.Backward(color, gradient, view.Light, Vector3.Normalize(normal), _positions[i]);
            }

            for (var channel = ViewPlanes.Normals; channel < planes.Channels; channel++)
                ofUnit[channel - ViewPlanes.Normals] += planes[channel, pixel];
            _placePulls[i] = ofPlace;
            _normalPulls[i] = shading.Backward(numbers, normal, toCamera, gradient) + SurfaceLight.ThroughLength(normal, ofUnit);
            for (var channel = 0; channel < numbers.Length; channel++)
                _points.Values[channel][i] = numbers[channel];
        });
        material.Backward(_points);
        ForEach(i => _pulls[i] = Pull(i, gradientOf(_pixels[i].View)));

        for (var i = 0; i < _pixels.Length; i++)
        {
            var (view, pixel) = _pixels[i];
            var (a, b, c) = view.VerticesAt(pixel);
            var shares = view.SharesAt(pixel);
            vertexGradient[a] += shares.X * _pulls[i];
            vertexGradient[b] += shares.Y * _pulls[i];
            vertexGradient[c] += shares.Z * _pulls[i];
            if (normalGradient.IsEmpty)
                continue;

            normalGradient[a] += shares.X * _normalPulls[i];
            normalGradient[b] += shares.Y * _normalPulls[i];
            normalGradient[c] += shares.Z * _normalPulls[i];
        }
    }

    /// <summary>
    /// What pulls at a pixel's triangle; each corner takes its share. A pixel keeps its ray: when a corner moves by d, its share u moves the triangle's plane along the ray
    /// by u n.d / n.ray, and under the ray the triangle slides by the rest of it, which changes the shares that normals are mixed by.
    /// </summary>
    private Vector3 Pull(int i, ViewPlanes gradient)
    {
        var (view, pixel) = _pixels[i];
        var ray = Vector3.Normalize(_positions[i] - view.Camera.Position);
        var ofPlace = new Vector3(_points.Slopes[0][i], _points.Slopes[1][i], _points.Slopes[2][i]) * material.UnitPerWorld + _placePulls[i];
        var slide = view.SlideAt(pixel, _normalPulls[i]);
        var normal = Vector3.Normalize(view.AreaVectorAt(pixel));
        var cosine = Vector3.Dot(normal, ray);
        cosine = MathF.CopySign(MathF.Max(MathF.Abs(cosine), Grazing), cosine);
        return (gradient[ViewPlanes.Depth, pixel] + Vector3.Dot(ray, ofPlace + slide)) / cosine * normal - slide;
    }

    private void Load(int i, Span<float> numbers)
    {
        for (var channel = 0; channel < numbers.Length; channel++)
            numbers[channel] = _points.Values[channel][i];
    }

    private void ForEach(Action<int> body) => Parallel.For(0, (_pixels.Length + Block - 1) / Block, parallel, block =>
    {
        for (var i = block * Block; i < Math.Min(_pixels.Length, (block + 1) * Block); i++)
            body(i);
    });
}
