using System.Runtime.Intrinsics;

namespace DreamTime.Renderers;

/// <summary>The gradient of one Gaussian in one tile, summed over its pixels.</summary>
internal ref struct SplatGradientSum
{
    private Vector256<float> _red, _green, _blue, _distance, _x, _y, _xx, _xy, _yy, _opacity;

    /// <summary>Of red, green, blue (0..2) or the distance (3).</summary>
    public void Add(int channel, Vector256<float> gradient)
    {
        switch (channel)
        {
            case 0: _red += gradient; break;
            case 1: _green += gradient; break;
            case 2: _blue += gradient; break;
            default: _distance += gradient; break;
        }
    }

    /// <summary>Of the centre, the conic and the opacity, through alpha = opacity exp(-(A dx^2 + 2 B dx dy + C dy^2) / 2).</summary>
    public void AddShape(SplatPixels pixels, float dy, Vector256<float> alphaGradient)
    {
        var exponent = alphaGradient * pixels.Alpha;
        _opacity += exponent;
        var x = exponent * pixels.Dx;
        _x += x;
        _y += exponent * dy;
        _xx += x * pixels.Dx;
        _xy += x * dy;
        _yy += exponent * (dy * dy);
    }

    /// <param name="row">The Gaussian's row of <see cref="ProjectedSplats.Values"/>.</param>
    /// <param name="gradient">Receives the gradient of the row.</param>
    public readonly void Store(ReadOnlySpan<float> row, Span<float> gradient)
    {
        var (x, y) = (Vector256.Sum(_x), Vector256.Sum(_y));
        gradient[ProjectedSplats.X] = row[ProjectedSplats.A] * x + row[ProjectedSplats.B] * y;
        gradient[ProjectedSplats.Y] = row[ProjectedSplats.B] * x + row[ProjectedSplats.C] * y;
        gradient[ProjectedSplats.A] = -0.5f * Vector256.Sum(_xx);
        gradient[ProjectedSplats.B] = -Vector256.Sum(_xy);
        gradient[ProjectedSplats.C] = -0.5f * Vector256.Sum(_yy);
        gradient[ProjectedSplats.Opacity] = Vector256.Sum(_opacity) / row[ProjectedSplats.Opacity];
        gradient[ProjectedSplats.Red] = Vector256.Sum(_red);
        gradient[ProjectedSplats.Green] = Vector256.Sum(_green);
        gradient[ProjectedSplats.Blue] = Vector256.Sum(_blue);
        gradient[ProjectedSplats.Distance] = Vector256.Sum(_distance);
    }
}
