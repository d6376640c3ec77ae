namespace DreamTime.Renderers.Cuda;

/// <summary>A renderer whose images and gradients need not leave the device: another user of the device's memory, such as libtorch, hands it the places.</summary>
public interface IDeviceRenderer : IRenderer
{
    /// <summary>What it renders on.</summary>
    IKernelDevice Device { get; }

    /// <summary>A training render into memory of the device. The work is asked for, in the order of the device's default stream, and may not be done yet.</summary>
    /// <param name="cameras">One for each view, at least one.</param>
    /// <param name="height">Rows of each view, at least 1.</param>
    /// <param name="width">Columns of each view, at least 1.</param>
    /// <param name="settings">With <see cref="RenderSettings.Training"/>, without <see cref="RenderSettings.Normals"/>.</param>
    /// <param name="into">Where each part goes; it must stay until the render's <see cref="Backward(DevicePlanes)"/> is done.</param>
    /// <exception cref="ArgumentException">A part has no place, the settings are not for training, or they ask for normals.</exception>
    void Render(IReadOnlyList<Camera> cameras, int height, int width, RenderSettings settings, DevicePlanes into);

    /// <summary>
    /// Adds the gradient with respect to the parameters, through the last training render. A NaN or infinity among the numbers is found by the next <see cref="IRenderer.Step"/>.
    /// </summary>
    /// <param name="gradients">Where they are, shaped like the images; 0 for a part without.</param>
    /// <exception cref="InvalidOperationException">There was no training render, or its gradient was taken already.</exception>
    void Backward(DevicePlanes gradients);
}
