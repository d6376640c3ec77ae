namespace DreamTime.Renderers;

/// <summary>A renderer that can start as a solid instead of a blob.</summary>
public interface ISolidStart
{
    /// <summary>Takes the shape before the first step. A field is fitted to it and takes no colours; Gaussians are laid on its surface and take the colours that it has.</summary>
    /// <param name="shape">The solid, within the renderer's radius.</param>
    /// <param name="steps">Steps of a fit, at least 1; a few hundred take seconds.</param>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than 1 step.</exception>
    /// <exception cref="InvalidOperationException">Steps were taken already.</exception>
    void StartAs(SignedShape shape, int steps = 400);
}
