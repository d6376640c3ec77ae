using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>From the world to the pixels of one camera's image, as <see cref="Camera.Project"/> has them, before the division; and the way back for gradients.</summary>
internal readonly struct PixelProjection
{
    private readonly Vector3 _position, _forward, _right, _down;
    private readonly double _focalX, _focalY, _centreX, _centreY;

    /// <param name="camera">Pinhole.</param>
    /// <param name="height">Rows of its image.</param>
    /// <param name="width">Columns of its image.</param>
    /// <param name="margin">Pixels before the image's first row and column: numbering begins with them.</param>
    public PixelProjection(Camera camera, int height, int width, int margin)
    {
        (_position, _forward, _right, _down) = (camera.Position, -camera.Back, camera.Right, -camera.Up);
        _focalY = height / (2 * Math.Tan(double.DegreesToRadians(camera.FovYDegrees) / 2));
        _focalX = _focalY / camera.PixelAspect;
        (_centreX, _centreY) = (
            margin + width / 2.0 + height * (double)camera.PrincipalOffset.X, margin + height / 2.0 + height * (double)camera.PrincipalOffset.Y);
    }

    public Homogeneous Of(Vector3 point)
    {
        var (x, y, z) = ((double)point.X - _position.X, (double)point.Y - _position.Y, (double)point.Z - _position.Z);
        var depth = Along(_forward, x, y, z);
        return new Homogeneous(_focalX * Along(_right, x, y, z) + _centreX * depth, _focalY * Along(_down, x, y, z) + _centreY * depth, depth);
    }

    /// <summary>The gradient in the world of one with respect to a projected point.</summary>
    public Vector3 Backward(Homogeneous gradient) =>
        (float)(_focalX * gradient.X) * _right + (float)(_focalY * gradient.Y) * _down
        + (float)(_centreX * gradient.X + _centreY * gradient.Y + gradient.W) * _forward;

    private static double Along(Vector3 axis, double x, double y, double z) => axis.X * x + axis.Y * y + axis.Z * z;
}
