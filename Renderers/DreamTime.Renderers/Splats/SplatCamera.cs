using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>A camera as splatting needs it: axes of the image (x right, y down, z forward) and lengths in pixels.</summary>
internal readonly struct SplatCamera(Camera camera, int height, int width)
{
    public Vector3 Position { get; } = camera.Position;

    public Vector3 AxisX { get; } = camera.Right;

    public Vector3 AxisY { get; } = -camera.Up;

    public Vector3 AxisZ { get; } = -camera.Back;

    /// <summary>Pixels in a unit of the tangent.</summary>
    public float Focal { get; } = camera.PixelAspect == 1
        ? height / (2 * MathF.Tan(float.DegreesToRadians(camera.FovYDegrees) / 2))
        : throw new ArgumentException(FormattableString.Invariant($"Splats have square pixels; this camera's are {camera.PixelAspect} times as wide as high."), nameof(camera));

    public float CentreX { get; } = width / 2f + height * camera.PrincipalOffset.X;

    public float CentreY { get; } = height / 2f + height * camera.PrincipalOffset.Y;
}
