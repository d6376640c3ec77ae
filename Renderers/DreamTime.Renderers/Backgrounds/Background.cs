using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>
/// Colours behind the object, one for each pixel. The renderer renders before black and this stands behind what it lets through, so it serves every renderer.
/// </summary>
public abstract class Background
{
    /// <summary>Puts the background behind views that were rendered before black, in place.</summary>
    /// <param name="images">Their colours are changed.</param>
    /// <param name="cameras">Of the views.</param>
    /// <param name="step">Which step's draws.</param>
    public void Behind(Images images, IReadOnlyList<Camera> cameras, int step)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(cameras);
        if (cameras.Count != images.Views)
            throw new ArgumentException($"There are {images.Views} views and {cameras.Count} cameras.", nameof(cameras));

        Colors = new float[images.Color.Length];
        Paint(Colors, cameras, images.Height, images.Width, step);
        for (var i = 0; i < Colors.Length; i++)
            images.Color[i] += (1 - images.Opacity[Pixel(i, images)]) * Colors[i];
    }

    /// <summary>
    /// Takes the gradient of what <see cref="Behind"/> made, learns from it, and returns the gradient of what the renderer made.
    /// </summary>
    /// <param name="images">After <see cref="Behind"/>.</param>
    /// <param name="gradients">dL/d(images).</param>
    public ImageGradients Backward(Images images, ImageGradients gradients)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(gradients);
        if (gradients.Color is not { } color)
            return gradients;

        var (opacity, behind) = (gradients.Opacity?.ToArray() ?? new float[images.Opacity.Length], new float[color.Length]);
        for (var i = 0; i < color.Length; i++)
        {
            var pixel = Pixel(i, images);
            opacity[pixel] -= color[i] * Colors[i];
            behind[i] = color[i] * (1 - images.Opacity[pixel]);
        }

        Learn(behind, images.Height, images.Width);
        return gradients with { Opacity = opacity };
    }

    /// <summary>Lets what learns take one step; clears its gradient.</summary>
    /// <param name="learningRateScale">Multiplies the learning rate of this step; finite, at least 0.</param>
    public virtual void Step(float learningRateScale = 1)
    {
    }

    /// <summary>Writes what was learned, so that a resumed run goes on exactly as an unbroken one; nothing where nothing is learned. Call it between steps.</summary>
    public virtual void WriteState(Stream stream)
    {
    }

    /// <summary>Reads what <see cref="WriteState"/> wrote for a background of the same kind.</summary>
    /// <exception cref="InvalidDataException">The state is damaged, or of another kind. The background is unchanged.</exception>
    public virtual void ReadState(Stream stream)
    {
    }

    /// <summary>The colours of the last views, [views, 3, height, width].</summary>
    private protected float[] Colors { get; private set; } = [];

    /// <summary>Fills colours, [views, 3, height, width], 0..1.</summary>
    private protected abstract void Paint(float[] colors, IReadOnlyList<Camera> cameras, int height, int width, int step);

    /// <summary>Takes dL/d(colours).</summary>
    private protected virtual void Learn(float[] gradient, int height, int width)
    {
    }

    /// <summary>A random colour, as <see cref="BackgroundKind.Random"/> has it.</summary>
    internal static Vector3 RandomColor(Func<int, double> uniform) => uniform(0) < 0.5
        ? new Vector3(0.15f + 0.75f * (float)uniform(1))
        : new Vector3(0.1f) + 0.8f * new Vector3((float)uniform(2), (float)uniform(3), (float)uniform(4));

    private static int Pixel(int i, Images images)
    {
        var plane = images.Height * images.Width;
        return i / (3 * plane) * plane + i % plane;
    }
}
