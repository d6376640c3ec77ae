using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>
/// Two representations in turn, as Magic3D has them: a coarse field finds the object, and from its surface a DMTet goes on. Until <see cref="Refine"/> is called everything
/// goes to the coarse one, from then on to the fine one.
/// </summary>
public sealed class RefinedRenderer : IRenderer, IMaterialField, IRegularizedRays, IRegularizedSurface, ISolidStart, IDisposable
{
    private readonly IRenderer _coarse;
    private readonly DmtetOptions _options;
    private readonly long _seed;
    private readonly Func<DmtetRenderer, IRenderer> _place;

    /// <summary>Begins with the coarse representation.</summary>
    /// <param name="coarse">A renderer that is an <see cref="IDensityField"/> as well: a NeRF or a NeuS.</param>
    /// <param name="options">The fine one; its radius becomes the coarse one's.</param>
    /// <param name="regularizers">Of the fine one.</param>
    /// <param name="seed">Of the fine one.</param>
    /// <param name="place">Brings the fine one to where it is rendered, such as a GPU; what it returns is a field, too. Null leaves it on the CPU.</param>
    /// <exception cref="ArgumentException">The coarse renderer is no field.</exception>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of range.</exception>
    public RefinedRenderer(IRenderer coarse, DmtetOptions options, DmtetRegularizers regularizers, long seed, Func<DmtetRenderer, IRenderer>? place = null)
    {
        ArgumentNullException.ThrowIfNull(coarse);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(regularizers);
        if (coarse is not IDensityField field)
            throw new ArgumentException($"A {coarse.GetType().Name} is no field, and has no surface to go on from.", nameof(coarse));

        options = options with { Field = options.Field with { Radius = field.Radius } };
        options.Validate();
        (_coarse, _options, SurfaceRegularizers, _seed, _place) = (coarse, options, regularizers, seed, place ?? (fine => fine));
    }

    /// <summary>The fine representation, once there is one.</summary>
    public IRenderer? Fine { get; private set; }

    /// <summary>Of the coarse representation, where it has rays.</summary>
    public NerfRegularizers Regularizers
    {
        get;
        set
        {
            field = value;
            if (_coarse is IRegularizedRays rays)
                rays.Regularizers = value;
        }
    } = NerfRegularizers.None;

    /// <summary>Of the fine representation, as soon as there is one.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A weight is negative or not finite.</exception>
    public DmtetRegularizers SurfaceRegularizers
    {
        get;
        set
        {
            ArgumentNullException.ThrowIfNull(value);
            value.Validate();
            field = value;
            if (Fine is IRegularizedSurface surface)
                surface.SurfaceRegularizers = value;
        }
    }

    /// <inheritdoc/>
    public bool HasNormals => Current.HasNormals;

    /// <inheritdoc/>
    public float Radius => Field.Radius;

    /// <inheritdoc/>
    public float? SurfaceDensity => Field.SurfaceDensity;

    /// <summary>The representation that everything goes to now.</summary>
    public IRenderer Current => Fine ?? _coarse;

    private IDensityField Field => (IDensityField)Current;

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">The coarse representation does not start as a solid.</exception>
    public void StartAs(SignedShape shape, int steps = 400)
    {
        if (_coarse is not ISolidStart start)
            throw new NotSupportedException($"A {_coarse.GetType().Name} does not start as a solid.");

        start.StartAs(shape, steps);
    }

    /// <summary>Takes the surface and the colours of the coarse representation over into the fine one. Call it between steps, once.</summary>
    /// <returns>False where the coarse one has no surface yet: then it goes on.</returns>
    /// <exception cref="InvalidOperationException">It is refined already.</exception>
    public bool Refine()
    {
        if (Fine is not null)
            throw new InvalidOperationException("A renderer is refined once.");

        try
        {
            var fine = DmtetRenderer.From((IDensityField)_coarse, _options, _seed);
            fine.Regularizers = SurfaceRegularizers;
            Fine = _place(fine);
            return true;
        }
        catch (NoSurfaceException)
        {
            return false;
        }
    }

    /// <inheritdoc/>
    public Images Render(IReadOnlyList<Camera> cameras, int height, int width, RenderSettings settings) => Current.Render(cameras, height, width, settings);

    /// <inheritdoc/>
    public void Backward(ImageGradients gradients) => Current.Backward(gradients);

    /// <inheritdoc/>
    public double Step(float learningRateScale = 1) => Current.Step(learningRateScale);

    /// <inheritdoc/>
    public void Query(ReadOnlySpan<Vector3> positions, Span<float> density, Span<Vector3> color) => Field.Query(positions, density, color);

    /// <inheritdoc/>
    public bool HasMaterial => Field is IMaterialField { HasMaterial: true };

    /// <inheritdoc/>
    public void QueryMaterial(ReadOnlySpan<Vector3> positions, Span<Vector3> normals, Span<Vector2> material) =>
        ((IMaterialField)Field).QueryMaterial(positions, normals, material);

    /// <inheritdoc/>
    public Mesh? Surface() => Field.Surface();

    /// <summary>Disposes of both representations, where they hold something.</summary>
    public void Dispose()
    {
        (_coarse as IDisposable)?.Dispose();
        (Fine as IDisposable)?.Dispose();
    }

    /// <inheritdoc/>
    public void WriteState(Stream stream)
    {
        stream.WriteByte(Fine is null ? (byte)0 : (byte)1);
        Current.WriteState(stream);
    }

    /// <inheritdoc/>
    public void ReadState(Stream stream)
    {
        var stage = stream.ReadByte();
        if (stage is not (0 or 1))
            throw new InvalidDataException($"The state has stage {stage} where 0 (coarse) or 1 (fine) was expected.");
        if (stage == 0)
        {
            _coarse.ReadState(stream);
            Fine = null;
            return;
        }

        var fine = _place(new DmtetRenderer(_options, _seed) { Regularizers = SurfaceRegularizers });
        fine.ReadState(stream);
        Fine = fine;
    }
}
