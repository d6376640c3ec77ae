using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>
/// Smooth silhouettes of one view, and through them the gradient that moves them. A pixel that several neighbours reach into gives them no more than itself.
/// </summary>
internal sealed class Antialiasing
{
    private readonly VisibleSurface _visible;
    private readonly Silhouette[] _silhouettes;
    private readonly float[] _differences;
    private readonly float[] _given;
    private readonly int _channels;

    /// <summary>Finds the silhouettes and mixes the pixels along them.</summary>
    /// <param name="visible">What the pixels show.</param>
    /// <param name="planes">Colour, opacity, depth and normals of the view, [height, width] each: of the pixels' centres before, smooth afterwards.</param>
    /// <param name="parallel">How many threads.</param>
    public Antialiasing(VisibleSurface visible, ViewPlanes planes, ParallelOptions parallel)
    {
        (_visible, _channels) = (visible, planes.Channels);
        _silhouettes = Find(visible, parallel);
        _given = new float[visible.Triangle.Length];
        _differences = new float[_channels * _silhouettes.Length];
        for (var i = 0; i < _silhouettes.Length; i++)
        {
            _given[_silhouettes[i].Mixed] += _silhouettes[i].Weight;
            for (var channel = 0; channel < _channels; channel++)
                _differences[_channels * i + channel] = planes[channel, _silhouettes[i].Other] - planes[channel, _silhouettes[i].Mixed];
        }

        for (var i = 0; i < _silhouettes.Length; i++)
            for (var channel = 0; channel < _channels; channel++)
                planes[channel, _silhouettes[i].Mixed] += Share(i) * _differences[_channels * i + channel];

        // A pixel that gives all of itself must not round to less than nothing.
        foreach (var silhouette in _silhouettes)
            planes[ViewPlanes.Opacity, silhouette.Mixed] = Math.Clamp(planes[ViewPlanes.Opacity, silhouette.Mixed], 0, 1);
    }

    /// <summary>From the gradient of the smooth planes to that of the pixels' centres, in place, and adds that of the surface's vertices.</summary>
    public void Backward(ViewPlanes gradient, PixelProjection projection, Span<Vector3> vertexGradient)
    {
        var (ofWeight, mean) = (new float[_silhouettes.Length], new float[_given.Length]);
        for (var i = 0; i < _silhouettes.Length; i++)
        {
            for (var channel = 0; channel < _channels; channel++)
                ofWeight[i] += gradient[channel, _silhouettes[i].Mixed] * _differences[_channels * i + channel];
            mean[_silhouettes[i].Mixed] += Share(i) * ofWeight[i];
        }

        // All mixed gradients are those of the smooth image, however many neighbours share a pixel.
        var mixed = new float[_differences.Length];
        for (var i = 0; i < mixed.Length; i++)
            mixed[i] = Share(i / _channels) * gradient[i % _channels, _silhouettes[i / _channels].Mixed];
        for (var i = 0; i < mixed.Length; i++)
        {
            gradient[i % _channels, _silhouettes[i / _channels].Other] += mixed[i];
            gradient[i % _channels, _silhouettes[i / _channels].Mixed] -= mixed[i];
        }

        for (var i = 0; i < _silhouettes.Length; i++)
        {
            var silhouette = _silhouettes[i];
            var given = _given[silhouette.Mixed];
            var slope = given > 1 ? (ofWeight[i] - mean[silhouette.Mixed]) / given : ofWeight[i];
            if (slope == 0)
                continue;

            var (from, to) = silhouette.Slopes(_visible.Projected, _visible.Width);
            vertexGradient[silhouette.From] += projection.Backward(slope * from);
            vertexGradient[silhouette.To] += projection.Backward(slope * to);
        }
    }

    private float Share(int silhouette) => _silhouettes[silhouette].Weight / MathF.Max(1, _given[_silhouettes[silhouette].Mixed]);

    private static Silhouette[] Find(VisibleSurface visible, ParallelOptions parallel)
    {
        var (height, width) = (visible.Height, visible.Width);
        visible.Projected.Surface.Connect();
        var rows = new List<Silhouette>[height];
        Parallel.For(0, height, parallel, y =>
        {
            var row = rows[y] = [];
            for (var pixel = y * width; pixel < (y + 1) * width; pixel++)
            {
                if (pixel + 1 < (y + 1) * width && Silhouette.Between(visible, pixel, pixel + 1) is { } across)
                    row.Add(across);
                if (y + 1 < height && Silhouette.Between(visible, pixel, pixel + width) is { } down)
                    row.Add(down);
            }
        });
        return [.. rows.SelectMany(row => row)];
    }
}
