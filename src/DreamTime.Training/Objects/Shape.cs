using System.Numerics;

namespace DreamTime.Training;

/// <summary>An object as a signed distance function: its parts joined (or carved) in order, inside a sphere around the origin.</summary>
public sealed class Shape
{
    /// <summary>Every shape fills, and stays inside, the sphere of this radius around the origin.</summary>
    public const float Radius = 0.95f;

    private readonly Placed[] parts;

    private Shape(IReadOnlyList<Part> parts)
    {
        Parts = parts;
        this.parts = [.. parts.Select(part => new Placed(part))];
    }

    /// <summary>The parts, after centring and scaling.</summary>
    public IReadOnlyList<Part> Parts { get; }

    /// <summary>Centres the parts' bounding box on the origin and scales them to <see cref="Radius"/>.</summary>
    /// <exception cref="ArgumentException">No part adds anything.</exception>
    public static Shape Of(IReadOnlyList<Part> parts) => new(Fit(parts, Radius));

    /// <summary>A shape that stands on another one: both centred on the z axis.</summary>
    /// <param name="upper">Parts of the object above, painted by its own slots.</param>
    /// <param name="lower">Parts of the object below; its main colour becomes the accent.</param>
    /// <param name="ratio">The upper one's size relative to the lower one's.</param>
    public static Shape Stack(IReadOnlyList<Part> upper, IReadOnlyList<Part> lower, float ratio)
    {
        var below = Fit(lower, 1);
        var above = Fit(upper, ratio);
        var lift = below.Where(part => !part.Carved).Max(Top) - above.Where(part => !part.Carved).Min(Bottom) - 0.02f;
        return Of([.. below.Select(part => part with { Paint = Paint.Accent }), .. above.Select(part => part.Placed(new(0, 0, lift), 1))]);
    }

    /// <summary>The distance to the surface: a bound that sphere tracing may step by.</summary>
    /// <param name="p">The point.</param>
    /// <param name="nearest">The index of the part that decides.</param>
    public float Distance(Vector3 p, out int nearest)
    {
        var distance = float.PositiveInfinity;
        nearest = 0;
        for (var i = 0; i < parts.Length; i++)
        {
            ref readonly var part = ref parts[i];
            var local = p - part.Centre;
            if (!part.Carved && distance < float.PositiveInfinity)
            {
                var clear = distance + part.Bound;
                if (clear > 0 && local.LengthSquared() > clear * clear)
                    continue;
            }
            if (part.IsTurned)
                local = new(Vector3.Dot(part.RowX, local), Vector3.Dot(part.RowY, local), Vector3.Dot(part.RowZ, local));
            var d = Solid.Distance(part.Kind, part.Size, local) - part.Rounding;
            if (part.Carved)
            {
                if (-d > distance)
                    distance = -d;
            }
            else if (d < distance)
            {
                distance = d;
                nearest = i;
            }
        }
        return distance;
    }

    /// <summary>The outward normal at a point of the surface, by differences over a tetrahedron.</summary>
    public Vector3 Normal(Vector3 p)
    {
        const float Step = 0.004f;
        var a = new Vector3(1, -1, -1);
        var b = new Vector3(-1, -1, 1);
        var c = new Vector3(-1, 1, -1);
        var d = Vector3.One;
        return Vector3.Normalize(
            a * Distance(p + Step * a, out _) + b * Distance(p + Step * b, out _) + c * Distance(p + Step * c, out _) + d * Distance(p + Step * d, out _));
    }

    private static Part[] Fit(IReadOnlyList<Part> parts, float radius)
    {
        var points = parts.Where(part => !part.Carved).SelectMany(part => part.Extremes()).ToArray();
        if (points.Length == 0)
            throw new ArgumentException("A shape has at least one part that is not carved.", nameof(parts));
        var centre = (points.Aggregate(Vector3.Min) + points.Aggregate(Vector3.Max)) / 2;
        var scale = radius / points.Max(point => Vector3.Distance(point, centre));
        return [.. parts.Select(part => part.Placed(-centre, scale))];
    }

    private static float Top(Part part) => part.Extremes().Max(point => point.Z);

    private static float Bottom(Part part) => part.Extremes().Min(point => point.Z);

    /// <summary>A part as the distance function reads it.</summary>
    private readonly struct Placed
    {
        public readonly SolidKind Kind;
        public readonly bool Carved;
        public readonly bool IsTurned;
        public readonly Vector3 Size;
        public readonly Vector3 Centre;
        public readonly Vector3 RowX;
        public readonly Vector3 RowY;
        public readonly Vector3 RowZ;
        public readonly float Rounding;
        public readonly float Bound;

        public Placed(Part part)
        {
            Kind = part.Kind;
            Carved = part.Carved;
            Size = part.Size;
            Centre = part.Centre;
            Rounding = part.Rounding;
            IsTurned = !part.ToLocal.IsIdentity;
            var toWorld = Quaternion.Conjugate(part.ToLocal);
            RowX = Vector3.Transform(Vector3.UnitX, toWorld);
            RowY = Vector3.Transform(Vector3.UnitY, toWorld);
            RowZ = Vector3.Transform(Vector3.UnitZ, toWorld);
            Bound = part.Extremes().Max(point => Vector3.Distance(point, part.Centre)) * 1.03f;
        }
    }
}
