using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>From where an object is to be seen, relative to the view of it that is given.</summary>
/// <param name="Elevation">
/// Change of the angle, degrees, in the direction of the model's training: Zero-1-to-3 counts it from the zenith, so that a positive one looks from farther below.
/// </param>
/// <param name="Azimuth">Change of the angle around the object, degrees.</param>
/// <param name="Radius">Change of the distance, in the units of the model's training.</param>
public readonly record struct RelativeView(double Elevation, double Azimuth, double Radius = 0)
{
    /// <summary>What the model reads of views: [b, 4], elevation in radians, sine and cosine of the azimuth, radius.</summary>
    /// <param name="views">One view a row.</param>
    public static Tensor Pose(IReadOnlyList<RelativeView> views)
    {
        ArgumentNullException.ThrowIfNull(views);
        float[] numbers = [.. views.SelectMany(view => new[]
        {
            (float)double.DegreesToRadians(view.Elevation),
            (float)Math.Sin(double.DegreesToRadians(view.Azimuth)),
            (float)Math.Cos(double.DegreesToRadians(view.Azimuth)),
            (float)view.Radius,
        })];
        return tensor(numbers).reshape(views.Count, -1);
    }
}
