using System.Numerics;

namespace DreamTime.Training;

/// <summary>What a part is painted with: one of the caption's two colours, or a colour that belongs to the class.</summary>
public enum Paint
{
    /// <summary>The colour of the object.</summary>
    Main,

    /// <summary>The colour of the named part.</summary>
    Accent,

    /// <summary>Nearly black: eyes, tyres, doors.</summary>
    Dark,

    /// <summary>Window panes.</summary>
    Glass,

    /// <summary>A carrot's or beak's orange.</summary>
    Orange,
}

/// <summary>A placed and painted solid.</summary>
/// <param name="Kind">Which solid.</param>
/// <param name="Size">Its measures, as <see cref="SolidKind"/> says.</param>
/// <param name="Centre">Where its origin lies.</param>
/// <param name="Paint">Its colour.</param>
public sealed record Part(SolidKind Kind, Vector3 Size, Vector3 Centre, Paint Paint = Paint.Main)
{
    /// <summary>From the object's frame into the solid's; the identity unless the part was turned.</summary>
    public Quaternion ToLocal { get; private init; } = Quaternion.Identity;

    /// <summary>Whether the solid is taken away from the parts before it, instead of added.</summary>
    public bool Carved { get; private init; }

    /// <summary>The same part with rounded edges: grown by this radius.</summary>
    public float Rounding { get; init; }

    /// <summary>The part turned about an axis through its own centre, counter-clockwise seen against the axis.</summary>
    public Part Turned(Vector3 axis, float degrees) =>
        this with { ToLocal = ToLocal * Quaternion.CreateFromAxisAngle(axis, -float.DegreesToRadians(degrees)) };

    /// <summary>The part as a hole.</summary>
    public Part Carve() => this with { Carved = true };

    /// <summary>Extreme points of the surface, in the object's frame.</summary>
    public IEnumerable<Vector3> Extremes()
    {
        var toWorld = Quaternion.Conjugate(ToLocal);
        foreach (var point in Solid.Extremes(Kind, Size + new Vector3(Rounding)))
            yield return Centre + Vector3.Transform(point, toWorld);
    }

    /// <summary>The part scaled about the origin after a shift.</summary>
    public Part Placed(Vector3 shift, float scale) =>
        this with { Size = Size * scale, Centre = (Centre + shift) * scale, Rounding = Rounding * scale };
}
