namespace DreamTime.Renderers;

/// <summary>
/// A differentiable 3D representation: it renders, takes the gradient of a loss with respect to the rendering, and improves its own parameters.
/// Not safe for use from several threads at once; it uses several threads itself.
/// </summary>
public interface IRenderer
{
    /// <summary>Whether it follows <see cref="RenderSettings.Normals"/> and <see cref="RenderSettings.Shadings"/>; else it refuses both.</summary>
    bool HasNormals => false;

    /// <summary>Renders views. With <see cref="RenderSettings.Training"/>, what <see cref="Backward"/> needs is kept until the next training render.</summary>
    /// <param name="cameras">One for each view, at least one.</param>
    /// <param name="height">Rows of each view, at least 1.</param>
    /// <param name="width">Columns of each view, at least 1.</param>
    /// <param name="settings">Background, jitter, light, training or evaluation.</param>
    /// <exception cref="NotSupportedException">Normals or light of a renderer that has no normals.</exception>
    Images Render(IReadOnlyList<Camera> cameras, int height, int width, RenderSettings settings);

    /// <summary>Adds the gradient with respect to the parameters, through the last training render.</summary>
    /// <exception cref="InvalidOperationException">There was no training render, or its gradient was taken already.</exception>
    /// <exception cref="ArgumentException">A part has another shape than the images.</exception>
    /// <exception cref="NotFiniteNumberException">A NaN or infinity, and where it is.</exception>
    void Backward(ImageGradients gradients);

    /// <summary>Lets the optimiser take one step along the accumulated gradient, and clears it.</summary>
    /// <param name="learningRateScale">Multiplies every learning rate of this step; finite, at least 0.</param>
    /// <returns>The Euclidean norm of the gradient that the step used.</returns>
    double Step(float learningRateScale = 1);

    /// <summary>Writes everything that a resumed run needs to go on exactly as an unbroken one. Call it between steps.</summary>
    void WriteState(Stream stream);

    /// <summary>Reads what <see cref="WriteState"/> wrote for a renderer with the same options.</summary>
    /// <exception cref="InvalidDataException">The state is damaged, or of other options; the message names the first difference. The renderer is unchanged.</exception>
    void ReadState(Stream stream);
}
