namespace DreamTime.Renderers;

/// <summary>
/// A point of an image in homogeneous coordinates: it lies at column X / W and row Y / W, at the distance W along the optical axis. Points behind the camera have
/// a negative W and need no special care (Olano and Greer 1997).
/// </summary>
internal readonly record struct Homogeneous(double X, double Y, double W)
{
    public static Homogeneous operator *(double factor, Homogeneous a) => new(factor * a.X, factor * a.Y, factor * a.W);

    public double Dot(Homogeneous b) => X * b.X + Y * b.Y + W * b.W;

    /// <summary>The line through two points, as the coefficients of column, row and 1. Exchanging the points changes nothing but the sign.</summary>
    public Homogeneous Cross(Homogeneous b) => new(Y * b.W - W * b.Y, W * b.X - X * b.W, X * b.Y - Y * b.X);

    /// <summary>A line's value at a place of the image.</summary>
    public double At(double x, double y) => X * x + Y * y + W;
}
