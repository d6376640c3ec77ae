namespace DreamTime.Renderers;

/// <summary>A renderer that can start as a solid instead of a blob.</summary>
public interface ISolidStart
{
    /// <summary>Fits the shape, not the colours, before the first step.</summary>
    /// <param name="shape">The solid, within the renderer's radius.</param>
    /// <param name="steps">Steps of the fit, at least 1; a few hundred take seconds.</param>
    /// <exception cref="ArgumentOutOfRangeException">Fewer than 1 step.</exception>
    /// <exception cref="InvalidOperationException">Steps were taken already.</exception>
    void StartAs(SignedShape shape, int steps = 400);
}
