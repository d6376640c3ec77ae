using System.Numerics;
using System.Runtime.Intrinsics;

namespace DreamTime.Renderers;

/// <summary>Eight neighbouring pixels of a row under one Gaussian.</summary>
internal readonly ref struct SplatPixels
{
    /// <summary>A pixel that lets less through is finished: nothing behind it is drawn (Kerbl et al. 2023).</summary>
    public const float Opaque = 1e-4f;

    private static readonly Vector256<float> Centres = Vector256.Create(0.5f, 1.5f, 2.5f, 3.5f, 4.5f, 5.5f, 6.5f, 7.5f);

    /// <param name="row">The Gaussian's row of <see cref="ProjectedSplats.Values"/>.</param>
    /// <param name="column">The first pixel's column.</param>
    /// <param name="dy">From the Gaussian's centre to the pixels' centres, in rows.</param>
    /// <param name="transmittance">What the nearer Gaussians let through.</param>
    public SplatPixels(ReadOnlySpan<float> row, int column, float dy, Vector256<float> transmittance)
    {
        Dx = Centres + Vector256.Create(column - row[ProjectedSplats.X]);
        var exponent = Vector256.Create(-0.5f * row[ProjectedSplats.A]) * Dx * Dx
            - Vector256.Create(row[ProjectedSplats.B] * dy) * Dx - Vector256.Create(0.5f * row[ProjectedSplats.C] * dy * dy);
        var alpha = Vector256.Create(row[ProjectedSplats.Opacity]) * Vector256.Exp(exponent);
        Limited = Vector256.GreaterThan(alpha, Vector256.Create(SplatProjection.MostAlpha));
        Drawn = Vector256.GreaterThanOrEqual(alpha, Vector256.Create(SplatProjection.LeastAlpha))
            & Vector256.GreaterThanOrEqual(transmittance, Vector256.Create(Opaque));
        Alpha = Vector256.Min(alpha, Vector256.Create(SplatProjection.MostAlpha)) & Drawn;
    }

    /// <summary>From the Gaussian's centre to the pixels' centres, in columns.</summary>
    public Vector256<float> Dx { get; }

    /// <summary>The share of the light that the Gaussian takes; 0 where it is not drawn.</summary>
    public Vector256<float> Alpha { get; }

    /// <summary>All bits set where the Gaussian is drawn.</summary>
    public Vector256<float> Drawn { get; }

    /// <summary>All bits set where alpha is held at its largest, so that nothing moves it.</summary>
    public Vector256<float> Limited { get; }
}
