using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>
/// Smooth silhouettes of one view, and through them the gradient that moves them. A pixel that several neighbours reach into gives them no more than itself.
/// </summary>
internal sealed class Antialiasing
{
    private const int Channels = 5;

    private readonly VisibleSurface _visible;
    private readonly Silhouette[] _silhouettes;
    private readonly float[] _differences;
    private readonly float[] _given;

    /// <summary>Finds the silhouettes and mixes the pixels along them.</summary>
    /// <param name="visible">What the pixels show.</param>
    /// <param name="planes">Colour, opacity and depth of the view, [height, width] each: of the pixels' centres before, smooth afterwards.</param>
    /// <param name="parallel">How many threads.</param>
    public Antialiasing(VisibleSurface visible, ViewPlanes planes, ParallelOptions parallel)
    {
        _visible = visible;
        _silhouettes = Find(visible, parallel);
        _given = new float[visible.Triangle.Length];
        _differences = new float[Channels * _silhouettes.Length];
        for (var i = 0; i < _silhouettes.Length; i++)
        {
            _given[_silhouettes[i].Mixed] += _silhouettes[i].Weight;
            for (var channel = 0; channel < Channels; channel++)
                _differences[Channels * i + channel] = planes[channel, _silhouettes[i].Other] - planes[channel, _silhouettes[i].Mixed];
        }

        for (var i = 0; i < _silhouettes.Length; i++)
            for (var channel = 0; channel < Channels; channel++)
                planes[channel, _silhouettes[i].Mixed] += Share(i) * _differences[Channels * i + channel];
    }

    /// <summary>From the gradient of the smooth planes to that of the pixels' centres, in place, and adds that of the surface's vertices.</summary>
    public void Backward(ViewPlanes gradient, PixelProjection projection, Span<Vector3> vertexGradient)
    {
        var (ofWeight, mean) = (new float[_silhouettes.Length], new float[_given.Length]);
        for (var i = 0; i < _silhouettes.Length; i++)
        {
            for (var channel = 0; channel < Channels; channel++)
                ofWeight[i] += gradient[channel, _silhouettes[i].Mixed] * _differences[Channels * i + channel];
            mean[_silhouettes[i].Mixed] += Share(i) * ofWeight[i];
        }

        // All mixed gradients are those of the smooth image, however many neighbours share a pixel.
        var mixed = new float[_differences.Length];
        for (var i = 0; i < mixed.Length; i++)
            mixed[i] = Share(i / Channels) * gradient[i % Channels, _silhouettes[i / Channels].Mixed];
        for (var i = 0; i < mixed.Length; i++)
        {
            gradient[i % Channels, _silhouettes[i / Channels].Other] += mixed[i];
            gradient[i % Channels, _silhouettes[i / Channels].Mixed] -= mixed[i];
        }

        for (var i = 0; i < _silhouettes.Length; i++)
        {
            var silhouette = _silhouettes[i];
            var given = _given[silhouette.Mixed];
            var slope = silhouette.WeightSlope * (given > 1 ? (ofWeight[i] - mean[silhouette.Mixed]) / given : ofWeight[i]);
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
