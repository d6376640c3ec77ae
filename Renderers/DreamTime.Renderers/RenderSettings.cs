using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>How one call of <see cref="IRenderer.Render"/> renders.</summary>
public sealed record RenderSettings
{
    /// <summary>The colour behind the object, display values 0..1: one for each view, or a single one for all views.</summary>
    public IReadOnlyList<Vector3> Backgrounds { get; init; } = [Vector3.One];

    /// <summary>Where along the rays the samples fall in training; the same seed gives the same image.</summary>
    public long Seed { get; init; }

    /// <summary>
    /// Whether <see cref="IRenderer.Backward"/> follows: samples are jittered and kept. Otherwise samples lie at the centres of their intervals and memory is bounded.
    /// </summary>
    public bool Training { get; init; }

    /// <summary>Whether <see cref="Images.Normals"/> are wanted too; they cost about as much as the rest. Only where <see cref="IRenderer.HasNormals"/>.</summary>
    public bool Normals { get; init; }

    /// <summary>How the object is lit: once for each view, or once for all views. Other than plain only where <see cref="IRenderer.HasNormals"/>.</summary>
    public IReadOnlyList<Shading> Shadings { get; init; } = [Shading.Albedo];

    /// <summary>To look at: no jitter, nothing kept.</summary>
    public static RenderSettings Evaluation(Vector3 background) => new() { Backgrounds = [background] };

    /// <summary>To learn from: jittered by the seed, followed by <see cref="IRenderer.Backward"/>.</summary>
    public static RenderSettings ForTraining(long seed, params IReadOnlyList<Vector3> backgrounds) =>
        new() { Backgrounds = backgrounds, Seed = seed, Training = true };

    /// <summary>Whether any view is lit, so that its colours depend on its normals.</summary>
    internal bool IsLit => Shadings.Any(shading => !shading.IsPlain);

    /// <summary>Refuses what a renderer without normals cannot do.</summary>
    /// <exception cref="NotSupportedException">Normals or light are asked for.</exception>
    internal void DemandNoNormals(string renderer)
    {
        if (Normals || IsLit)
            throw new NotSupportedException($"{renderer} has no normals: it renders neither them nor light.");
    }

    /// <summary>The shading of a view.</summary>
    /// <exception cref="ArgumentException">There are neither one shading nor as many as views.</exception>
    internal Shading ShadingOf(int view, int views) =>
        Shadings.Count == 1 ? Shadings[0]
        : Shadings.Count == views ? Shadings[view]
        : throw new ArgumentException($"There are {Shadings.Count} shadings for {views} views; give one for all or one for each.", nameof(Shadings));

    /// <summary>The background of a view.</summary>
    /// <exception cref="ArgumentException">There are neither one background nor as many as views.</exception>
    internal Vector3 BackgroundOf(int view, int views) =>
        Backgrounds.Count == 1 ? Backgrounds[0]
        : Backgrounds.Count == views ? Backgrounds[view]
        : throw new ArgumentException($"There are {Backgrounds.Count} backgrounds for {views} views; give one for all or one for each.", nameof(Backgrounds));
}
