using System.Numerics;
using DreamTime.Renderers;

namespace DreamTime;

/// <summary>What stands around the object in a step: the light on it and the colours behind it.</summary>
internal sealed class StepScene
{
    private readonly TextTo3DOptions _options;
    private readonly LightSampler _lights;
    private readonly Background? _background;

    public StepScene(TextTo3DOptions options)
    {
        (_options, _lights) = (options, new LightSampler(options.Light, options.Seed));
        _background = options.Background switch
        {
            BackgroundKind.Checker => new TexturedBackground(smooth: false, options.Seed),
            BackgroundKind.Noise => new TexturedBackground(smooth: true, options.Seed),
            BackgroundKind.Learned => new LearnedBackground(options.Seed),
            _ => null,
        };
    }

    // Dimensions 0 and 1 of a step's draws are the noise and the jitter.
    private enum Draw { GreyOrColor = 2, Grey, Red, Green, Blue }

    /// <summary>Whether the colours behind the object are put there after the rendering.</summary>
    public bool Paints => _background is not null;

    /// <summary>How a step's views are rendered.</summary>
    /// <param name="step">The step.</param>
    /// <param name="views">Its views.</param>
    /// <param name="jitter">Seed of the samples' places.</param>
    /// <param name="normals">Whether a loss wants them.</param>
    public RenderSettings Settings(int step, IReadOnlyList<View> views, long jitter, bool normals) => new()
    {
        Backgrounds = _background is not null ? [Vector3.Zero]
            : _options.Background == BackgroundKind.Fixed ? [_options.BackgroundColor]
            : [.. Enumerable.Range(0, views.Count).Select(view => Plain(step, view))],
        Shadings = _options.Light.Mode == ShadingMode.Albedo ? [Shading.Albedo] : _lights.Sample(step, _options.Steps, views),
        Normals = normals,
        Seed = jitter,
        Training = true,
    };

    /// <summary>Puts colours behind the rendered views.</summary>
    public void Behind(Images images, IReadOnlyList<View> views, int step) => _background?.Behind(images, [.. views.Select(view => view.Camera)], step);

    /// <summary>The gradient of what the renderer made; the background takes its own.</summary>
    public ImageGradients Backward(Images images, ImageGradients gradients) => _background?.Backward(images, gradients) ?? gradients;

    /// <summary>One step of what learns.</summary>
    public void Step(float learningRateScale) => _background?.Step(learningRateScale);

    /// <summary>Writes what was learned.</summary>
    public void WriteState(Stream stream) => _background?.WriteState(stream);

    /// <summary>Reads what was written.</summary>
    public void ReadState(Stream stream) => _background?.ReadState(stream);

    /// <summary>Plain, as the prior's own images have it: half of them grey, half of them coloured, so that no colour of the object can hide in it.</summary>
    private Vector3 Plain(int step, int view)
    {
        float Uniform(Draw what) => (float)CounterRandom.Uniform(_options.Seed, step, view, (int)what);
        return Uniform(Draw.GreyOrColor) < 0.5f
            ? new Vector3(0.15f + 0.75f * Uniform(Draw.Grey))
            : new Vector3(0.1f) + 0.8f * new Vector3(Uniform(Draw.Red), Uniform(Draw.Green), Uniform(Draw.Blue));
    }
}
