using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>
/// The gradient of a signed distance by forward differences: each sample has three more, a little further along x, y and z. The difference is linear in the four
/// values, so its gradient needs no second derivative.
/// </summary>
/// <param name="epsilon">World units.</param>
/// <param name="radius">Half the side of the unit cube.</param>
internal sealed class NeusTaps(float epsilon, float radius)
{
    /// <summary>The moved samples: those along x, then y, then z of each sample in turn.</summary>
    public Samples Moved { get; } = new();

    /// <summary>Places the moved samples.</summary>
    public void Place(Samples samples, int features)
    {
        Moved.Allocate([3 * samples.Count], features);
        var step = epsilon / (2 * radius);
        for (var i = 0; i < samples.Count; i++)
            for (var axis = 0; axis < 3; axis++)
            {
                var at = 3 * i + axis;
                (Moved.X[at], Moved.Y[at], Moved.Z[at]) = (samples.X[i], samples.Y[i], samples.Z[i]);
                var moved = axis == 0 ? Moved.X : axis == 1 ? Moved.Y : Moved.Z;
                moved[at] = MathF.Min(1, moved[at] + step);
            }
    }

    /// <summary>The gradient at a sample, of length 1 where the distance is one.</summary>
    public Vector3 Gradient(Samples samples, int i) =>
        new Vector3(Moved.Density[3 * i] - samples.Density[i], Moved.Density[3 * i + 1] - samples.Density[i], Moved.Density[3 * i + 2] - samples.Density[i]) / epsilon;

    /// <summary>Turns dL/dgradient into that of the values: writes the moved samples', and returns what the sample itself gets.</summary>
    public float Backward(int i, Vector3 gradient)
    {
        for (var axis = 0; axis < 3; axis++)
        {
            var at = 3 * i + axis;
            Moved.Density[at] = gradient[axis] / epsilon;
            (Moved.Red[at], Moved.Green[at], Moved.Blue[at]) = (0, 0, 0);
        }

        return -(gradient.X + gradient.Y + gradient.Z) / epsilon;
    }
}
