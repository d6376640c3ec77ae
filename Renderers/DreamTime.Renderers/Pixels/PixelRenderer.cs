namespace DreamTime.Renderers;

/// <summary>
/// The identity as a renderer (DreamTime, fig. 4): the parameters are the pixels of one image, which every view shows, whatever its camera.
/// Colours are not limited to 0..1 while they are optimised; whoever saves the image clamps it.
/// </summary>
public sealed class PixelRenderer : IRenderer
{
    private readonly float[] _pixels;
    private readonly float[] _gradient;
    private readonly float[] _firstMoment;
    private readonly float[] _secondMoment;
    private readonly float _learningRate;
    private Images? _rendered;
    private int _steps;

    /// <summary>A grey image with a little noise, which breaks the tie between its pixels.</summary>
    /// <param name="height">Rows, at least 1.</param>
    /// <param name="width">Columns, at least 1.</param>
    /// <param name="learningRate">Adam's, above 0.</param>
    /// <param name="seed">Names the noise.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument is out of range.</exception>
    public PixelRenderer(int height, int width, float learningRate = 0.05f, long seed = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(learningRate);
        (Height, Width, _learningRate) = (height, width, learningRate);
        _pixels = new float[3 * height * width];
        for (var i = 0; i < _pixels.Length; i++)
            _pixels[i] = 0.45f + 0.1f * (float)CounterRandom.Uniform(seed, 0, 0, i);
        _gradient = new float[_pixels.Length];
        _firstMoment = new float[_pixels.Length];
        _secondMoment = new float[_pixels.Length];
    }

    /// <summary>Rows of the image.</summary>
    public int Height { get; }

    /// <summary>Columns of the image.</summary>
    public int Width { get; }

    /// <summary>The image, [3, height, width].</summary>
    public ReadOnlySpan<float> Pixels => _pixels;

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">Another size than the image's is asked for.</exception>
    public Images Render(IReadOnlyList<Camera> cameras, int height, int width, RenderSettings settings)
    {
        ArgumentNullException.ThrowIfNull(cameras);
        ArgumentNullException.ThrowIfNull(settings);
        settings.DemandNoNormals("An image");
        if ((height, width) != (Height, Width))
            throw new ArgumentException($"The image has {Height}x{Width} pixels and cannot be rendered at {height}x{width}.", nameof(height));

        var images = new Images(cameras.Count, height, width);
        for (var view = 0; view < cameras.Count; view++)
            _pixels.CopyTo(images.Color.AsSpan(view * _pixels.Length));
        Array.Fill(images.Opacity, 1f);
        if (settings.Training)
            _rendered = images;
        return images;
    }

    /// <inheritdoc/>
    public void Backward(ImageGradients gradients)
    {
        ArgumentNullException.ThrowIfNull(gradients);
        var images = _rendered ?? throw new InvalidOperationException("There is no training render whose gradient has not been taken.");
        gradients.Validate(images);
        _rendered = null;
        if (gradients.Color is not { } color)
            return;
        for (var i = 0; i < color.Length; i++)
            _gradient[i % _gradient.Length] += color[i];
    }

    /// <inheritdoc/>
    public double Step(float learningRateScale = 1)
    {
        const float beta1 = 0.9f, beta2 = 0.99f, epsilon = 1e-15f;
        _steps++;
        var correction1 = 1 - MathF.Pow(beta1, _steps);
        var correction2 = 1 - MathF.Pow(beta2, _steps);
        var squares = 0.0;
        for (var i = 0; i < _pixels.Length; i++)
        {
            var g = _gradient[i];
            squares += (double)g * g;
            _firstMoment[i] += (1 - beta1) * (g - _firstMoment[i]);
            _secondMoment[i] += (1 - beta2) * (g * g - _secondMoment[i]);
            _pixels[i] -= learningRateScale * _learningRate * (_firstMoment[i] / correction1)
                / (MathF.Sqrt(_secondMoment[i] / correction2) + epsilon);
        }

        Array.Clear(_gradient);
        return Math.Sqrt(squares);
    }

    /// <inheritdoc/>
    public void WriteState(Stream stream)
    {
        using var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true);
        writer.Write(_pixels.Length);
        writer.Write(_steps);
        foreach (var part in new[] { _pixels, _firstMoment, _secondMoment })
            writer.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes(part.AsSpan()));
    }

    /// <inheritdoc/>
    public void ReadState(Stream stream)
    {
        using var reader = new BinaryReader(stream, System.Text.Encoding.UTF8, leaveOpen: true);
        var length = reader.ReadInt32();
        if (length != _pixels.Length)
            throw new InvalidDataException($"The state holds {length} numbers a plane, this image {_pixels.Length}.");
        var steps = reader.ReadInt32();
        var bytes = reader.ReadBytes(3 * length * sizeof(float));
        if (bytes.Length != 3 * length * sizeof(float))
            throw new InvalidDataException($"The state ends after {bytes.Length} of {3 * length * sizeof(float)} bytes.");
        _steps = steps;
        Buffer.BlockCopy(bytes, 0, _pixels, 0, length * sizeof(float));
        Buffer.BlockCopy(bytes, length * sizeof(float), _firstMoment, 0, length * sizeof(float));
        Buffer.BlockCopy(bytes, 2 * length * sizeof(float), _secondMoment, 0, length * sizeof(float));
    }
}
