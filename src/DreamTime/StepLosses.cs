using DreamTime.Renderers;
using DreamTime.Renderers.Cuda;

namespace DreamTime;

/// <summary>
/// The losses beside the guidance, at each step with the weights that it has then. The guidance's gradient is a sum over the pixels of a view, the losses are means: each is weighed by
/// the number of pixels, so that the same weights serve priors of any size. (The eikonal loss is of the field, not of pixels, and is not.)
/// </summary>
internal sealed class StepLosses
{
    private readonly IRegularizedRays? _rays;
    private readonly IRegularizedSurface? _surface;
    private readonly TextTo3DOptions _options;
    private readonly int _pixels;

    /// <exception cref="ArgumentException">A loss is scheduled that the renderer does not have.</exception>
    public StepLosses(IRenderer renderer, TextTo3DOptions options, int pixels)
    {
        (_rays, _surface, _options, _pixels) = (renderer as IRegularizedRays, renderer as IRegularizedSurface, options, pixels);
        foreach (var schedule in options.RegularizerSchedules)
        {
            var isThere = schedule.Regularizer switch
            {
                Regularizer.TotalVariation => true,
                Regularizer.NormalSmoothness => renderer.HasNormals,
                Regularizer.DepthSmoothness => renderer is not PixelRenderer,
                Regularizer.Eikonal => renderer is NeusRenderer or CudaNeusRenderer,
                Regularizer.NormalConsistency or Regularizer.Laplacian or Regularizer.SignConsistency => _surface is not null,
                _ => _rays is not null,
            };
            if (!isThere)
                throw new ArgumentException($"The regularizer {schedule} does not exist for the representation {options.Representation}.", nameof(options));
        }

        At(1);
    }

    /// <summary>Sets the renderer's losses for a step, and returns those of its images.</summary>
    public ImageRegularizers At(int step)
    {
        var (rays, surface, images) = RegularizerSchedule.At(
            _options.RegularizerSchedules, _options.Regularizers, _options.SurfaceRegularizers, step, _options.Steps, _options.Seed);
        if (_rays is not null)
            _rays.Regularizers = OverPixels(rays);
        if (_surface is not null)
            _surface.SurfaceRegularizers = OverPixels(surface);
        return images with
        {
            NormalSmoothness = images.NormalSmoothness * _pixels,
            DepthSmoothness = images.DepthSmoothness * _pixels,
            TotalVariation = images.TotalVariation * _pixels,
        };
    }

    private NerfRegularizers OverPixels(NerfRegularizers weights) => weights with
    {
        Sparsity = weights.Sparsity * _pixels,
        Opaque = weights.Opaque * _pixels,
        ZVariance = weights.ZVariance * _pixels,
        Entropy = weights.Entropy * _pixels,
        Orientation = weights.Orientation * _pixels,
        Distortion = weights.Distortion * _pixels,
    };

    private DmtetRegularizers OverPixels(DmtetRegularizers weights) => new()
    {
        NormalConsistency = weights.NormalConsistency * _pixels,
        Laplacian = weights.Laplacian * _pixels,
        SignConsistency = weights.SignConsistency * _pixels,
    };
}
