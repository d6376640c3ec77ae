using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>
/// The parameters of 3D Gaussians, a row each: position, logarithms of the three scales, quaternion (w, x, y, z, of any length), logit of the opacity, and
/// spherical harmonics, channel after channel of each function. Rows are added and removed as the cloud grows and is pruned.
/// </summary>
internal sealed class Gaussians
{
    private readonly SplatGroup[] _groups;

    public Gaussians(int count, int harmonicsDegree)
    {
        (Count, HarmonicsDegree) = (count, harmonicsDegree);
        _groups =
        [
            Positions = new SplatGroup("positions", 3, count), LogScales = new SplatGroup("scales", 3, count), Rotations = new SplatGroup("rotations", 4, count),
            Opacities = new SplatGroup("opacities", 1, count), Base = new SplatGroup("colours", 3, count), Rest = new SplatGroup("harmonics", 3 * (Functions - 1), count),
        ];
    }

    public int Count { get; private set; }

    public int HarmonicsDegree { get; }

    /// <summary>Spherical harmonics up to the degree.</summary>
    public int Functions => (HarmonicsDegree + 1) * (HarmonicsDegree + 1);

    public SplatGroup Positions { get; }

    public SplatGroup LogScales { get; }

    public SplatGroup Rotations { get; }

    public SplatGroup Opacities { get; }

    /// <summary>The harmonic of degree 0: red, green, blue.</summary>
    public SplatGroup Base { get; }

    /// <summary>The harmonics of degree 1 and above, function after function: red, green, blue.</summary>
    public SplatGroup Rest { get; }

    public IReadOnlyList<SplatGroup> Groups => _groups;

    public Vector3 Position(int i) => Vector(Positions.Values, i);

    public Vector3 Scale(int i)
    {
        var log = Vector(LogScales.Values, i);
        return new Vector3(MathF.Exp(log.X), MathF.Exp(log.Y), MathF.Exp(log.Z));
    }

    /// <summary>Of length 1; (w, x, y, z) are the numerical quaternion's W, X, Y, Z.</summary>
    public Quaternion Rotation(int i)
    {
        var q = Rotations.Values.AsSpan(4 * i, 4);
        return Quaternion.Normalize(new Quaternion(q[1], q[2], q[3], q[0]));
    }

    public float Opacity(int i) => 1 / (1 + MathF.Exp(-Opacities.Values[i]));

    /// <summary>The colour without its dependence on the direction, not limited.</summary>
    public Vector3 BaseColor(int i) => new Vector3(0.5f) + Harmonics.Constant * Vector(Base.Values, i);

    /// <summary>Keeps the rows that are named, in that order; one may be named more than once. Rows that are copies begin with fresh moments.</summary>
    public void Select(ReadOnlySpan<int> rows, int copiesFrom)
    {
        foreach (var group in _groups)
            group.Select(rows, copiesFrom);
        Count = rows.Length;
    }

    /// <summary>Takes other Gaussians: the four arrays of each group, in the groups' order.</summary>
    public void Replace(int count, float[][] arrays)
    {
        for (var g = 0; g < _groups.Length; g++)
            _groups[g].Replace(arrays[4 * g], arrays[4 * g + 1], arrays[4 * g + 2], arrays[4 * g + 3]);
        Count = count;
    }

    private static Vector3 Vector(float[] values, int i) => new(values[3 * i], values[3 * i + 1], values[3 * i + 2]);
}
