using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>
/// The normal of a Gaussian: its shortest axis, on the side that faces the camera (as in GaussianShader, Jiang et al. 2024, without its learned residual). Which axis and which side
/// change by jumps, so the gradient goes to the rotation alone.
/// </summary>
internal static class SplatNormals
{
    /// <summary>Of length 1.</summary>
    /// <param name="gaussians">All of them.</param>
    /// <param name="i">Which one.</param>
    /// <param name="eye">Where it is seen from.</param>
    public static Vector3 Of(Gaussians gaussians, int i, Vector3 eye)
    {
        var axis = Column(gaussians, i, Shortest(gaussians, i));
        return Vector3.Dot(axis, gaussians.Position(i) - eye) > 0 ? -axis : axis;
    }

    /// <summary>Adds the gradient of the rotation.</summary>
    public static void Backward(Gaussians gaussians, int i, Vector3 eye, Vector3 gradient)
    {
        var shortest = Shortest(gaussians, i);
        if (Vector3.Dot(Column(gaussians, i, shortest), gaussians.Position(i) - eye) > 0)
            gradient = -gradient;
        SplatShape.AddRotation(
            gaussians, i, gaussians.Rotation(i),
            shortest == 0 ? gradient : Vector3.Zero, shortest == 1 ? gradient : Vector3.Zero, shortest == 2 ? gradient : Vector3.Zero);
    }

    private static int Shortest(Gaussians gaussians, int i)
    {
        var log = gaussians.LogScales.Values.AsSpan(3 * i, 3);
        return log[0] <= log[1] && log[0] <= log[2] ? 0 : log[1] <= log[2] ? 1 : 2;
    }

    private static Vector3 Column(Gaussians gaussians, int i, int axis)
    {
        var (c0, c1, c2) = SplatShape.Columns(gaussians.Rotation(i));
        return axis == 0 ? c0 : axis == 1 ? c1 : c2;
    }
}
