using DreamTime.Renderers;
using DreamTime.Schedules;
using TorchSharp;

namespace DreamTime;

/// <summary>
/// The optimisation loop (DreamTime, alg. 1), and the only one: schedule, cameras, renderer, guidance, renderer's backward, optimiser.
/// Everything random is a pure function of the seed and the step, so that its whole state is the step, the renderer's, and a learned background's.
/// </summary>
/// <param name="renderer">Owns the parameters, their gradients and the optimiser.</param>
/// <param name="guidance">Says in which direction each view should change.</param>
/// <param name="schedule">Which t is used when.</param>
/// <param name="cameras">Where the views are taken from.</param>
/// <param name="prompt">What the prior is told, or <c>null</c> for an unconditional prior.</param>
/// <param name="options">Steps, views, seed.</param>
/// <param name="imageSize">Width and height of a view in pixels.</param>
public sealed class Distillation(
    IRenderer renderer, ScoreDistillation guidance, Schedule schedule, CameraSampler cameras, PromptConditioning? prompt, TextTo3DOptions options, int imageSize)
{
    private readonly StepClock _clock = new(options.Steps);
    private readonly StepScene _scene = new(options);
    private readonly StepLosses _losses = new(renderer, options, imageSize * imageSize);

    private enum Draw { Noise, Jitter }

    /// <summary>Steps done so far.</summary>
    public int StepsDone { get; private set; }

    /// <summary>Width and height of a view in pixels, from the next step on.</summary>
    internal int ImageSize { get; set; } = imageSize;

    /// <summary>What renderer and guidance have in common; null where views and gradients go through the host.</summary>
    internal SharedMemory? Shared { get; set; }

    /// <summary>Whether all steps are done.</summary>
    public bool Finished => StepsDone >= options.Steps;

    /// <summary>Does the next step.</summary>
    /// <exception cref="InvalidOperationException">All steps are done, or the prior or the renderer gave a number that is not finite.</exception>
    public StepReport Advance()
    {
        if (Finished)
            throw new InvalidOperationException($"All {options.Steps} steps are done.");

        var step = StepsDone + 1;
        var views = cameras.Sample(step, options.Views);
        var losses = _losses.At(step);
        var settings = _scene.Settings(step, views, Seed(step, Draw.Jitter), losses.UsesNormals);
        var timesteps = views.Select((_, view) => schedule.TimestepAt(step, options.Steps, options.Seed, view)).ToArray();
        var (residual, opacity) = Shared is not null && !_scene.Paints && losses == ImageRegularizers.None
            ? Shared.Distil(guidance, [.. views.Select(view => view.Camera)], ImageSize, settings, timesteps, prompt?.For(views), Seed(step, Draw.Noise))
            : ThroughHost(step, views, settings, timesteps, losses);
        var norm = renderer.Step(LearningRateScale(step));
        _scene.Step(LearningRateScale(step));
        StepsDone = step;
        var (rate, remaining) = _clock.Tick(step);
        return new StepReport(step, options.Steps, timesteps[0], residual, norm, opacity, rate, remaining);
    }

    /// <summary>Writes the step, what a background has learned, and the renderer's state. Call it between steps.</summary>
    public void WriteState(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        stream.Write(BitConverter.GetBytes(StepsDone));
        _scene.WriteState(stream);
        renderer.WriteState(stream);
    }

    /// <summary>Reads what <see cref="WriteState"/> wrote with the same options; then it goes on exactly as an unbroken one.</summary>
    /// <exception cref="InvalidDataException">The state is damaged, or of other options. It is not to be gone on from then.</exception>
    public void ReadState(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var bytes = new byte[sizeof(int)];
        if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length || BitConverter.ToInt32(bytes) is not (>= 0 and var steps) || steps > options.Steps)
            throw new InvalidDataException($"The run's state does not begin with a step of {options.Steps}.");

        _scene.ReadState(stream);
        renderer.ReadState(stream);
        StepsDone = steps;
    }

    private (double Residual, double Opacity) ThroughHost(int step, IReadOnlyList<View> views, RenderSettings settings, int[] timesteps, ImageRegularizers losses)
    {
        var images = renderer.Render([.. views.Select(view => view.Camera)], ImageSize, ImageSize, settings);
        _scene.Behind(images, views, step);
        using var scope = torch.NewDisposeScope();
        var gradient = guidance.Gradient(images, timesteps, prompt?.For(views), Seed(step, Draw.Noise));
        renderer.Backward(_scene.Backward(images, losses.AddTo(new ImageGradients { Color = gradient.Color }, images)));
        return (gradient.ResidualRms, images.Opacity.Average());
    }

    /// <summary>Full for the first two thirds, then falling linearly to a tenth: the last, small timesteps polish and should not shake.</summary>
    private float LearningRateScale(int step)
    {
        var done = (double)step / options.Steps;
        return (float)Math.Min(1, 1 - 0.9 * (done - 2.0 / 3) * 3);
    }

    private long Seed(int step, Draw what) => (long)(CounterRandom.Uniform(options.Seed, step, -1, (int)what) * (1L << 53));
}
