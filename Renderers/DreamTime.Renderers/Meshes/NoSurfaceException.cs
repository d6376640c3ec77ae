namespace DreamTime.Renderers;

/// <summary>A field has no surface to extract: it is empty, or it fills its whole volume. The message begins with <c>no surface:</c> and says why.</summary>
/// <param name="reason">Why there is none.</param>
public sealed class NoSurfaceException(string reason) : InvalidOperationException($"no surface: {reason}");
