using System.Numerics;

namespace DreamTime.Training;

/// <summary>The primitives that objects are put together from; each is centred, with its axis along z.</summary>
public enum SolidKind
{
    /// <summary>Radii x, y, z.</summary>
    Ellipsoid,

    /// <summary>Half sizes x, y, z.</summary>
    Box,

    /// <summary>Radius x, half height z.</summary>
    Cylinder,

    /// <summary>Bottom radius x, top radius y, half height z.</summary>
    Cone,

    /// <summary>Ring radius x, tube radius y.</summary>
    Torus,

    /// <summary>Radius x, half length z between the centres of its caps.</summary>
    Capsule,

    /// <summary>Half base x (square), half height z.</summary>
    Pyramid,

    /// <summary>A roof: half length x of the ridge, half width y of the base, half height z.</summary>
    Prism,

    /// <summary>The upper half of an ellipsoid of radii x, y, z; its base lies at z = 0.</summary>
    Dome,

    /// <summary>A plate with a right angle at (-x, -z), half thickness y: fins and sails.</summary>
    Wedge,
}

/// <summary>Signed distances (or lower bounds of them) to the primitives, after Inigo Quilez' and Hart's constructions.</summary>
public static class Solid
{
    /// <summary>The signed distance from a point to a solid's surface: negative inside, never above the true one by more than an ellipsoid's flattening.</summary>
    /// <param name="kind">Which solid.</param>
    /// <param name="size">Its measures, as <see cref="SolidKind"/> says.</param>
    /// <param name="p">The point, in the solid's own frame.</param>
    public static float Distance(SolidKind kind, Vector3 size, Vector3 p) => kind switch
    {
        SolidKind.Ellipsoid => Ellipsoid(p, size),
        SolidKind.Box => Box(p, size),
        SolidKind.Cylinder => Rectangle(Radial(p) - size.X, MathF.Abs(p.Z) - size.Z),
        SolidKind.Cone => Cone(p, size),
        SolidKind.Torus => new Vector2(Radial(p) - size.X, p.Z).Length() - size.Y,
        SolidKind.Capsule => (p with { Z = p.Z - Math.Clamp(p.Z, -size.Z, size.Z) }).Length() - size.X,
        SolidKind.Pyramid => Slope(MathF.Max(MathF.Abs(p.X), MathF.Abs(p.Y)), p.Z, size.X, size.Z),
        SolidKind.Prism => MathF.Max(Slope(MathF.Abs(p.Y), p.Z, size.Y, size.Z), MathF.Abs(p.X) - size.X),
        SolidKind.Dome => MathF.Max(Ellipsoid(p, size), -p.Z),
        SolidKind.Wedge => Wedge(p, size),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No such solid."),
    };

    /// <summary>Points of the solid's surface that span its bounding sphere.</summary>
    public static IEnumerable<Vector3> Extremes(SolidKind kind, Vector3 size)
    {
        var (bottom, top, outer) = kind switch
        {
            SolidKind.Cone => (size.X, size.Y, false),
            SolidKind.Cylinder => (size.X, size.X, false),
            _ => (0f, 0f, true),
        };
        for (var ring = 0; ring < 16; ring++)
        {
            var (sin, cos) = MathF.SinCos(ring * MathF.PI / 8);
            if (!outer)
            {
                yield return new(bottom * cos, bottom * sin, -size.Z);
                yield return new(top * cos, top * sin, size.Z);
            }
            else
            {
                foreach (var point in Round(kind, size, cos, sin))
                    yield return point;
            }
        }
    }

    private static IEnumerable<Vector3> Round(SolidKind kind, Vector3 size, float cos, float sin)
    {
        switch (kind)
        {
            case SolidKind.Ellipsoid or SolidKind.Dome:
                for (var latitude = kind == SolidKind.Dome ? 0 : -4; latitude <= 4; latitude++)
                {
                    var (up, across) = MathF.SinCos(latitude * MathF.PI / 8);
                    yield return size * new Vector3(across * cos, across * sin, up);
                }
                break;
            case SolidKind.Torus:
                yield return new((size.X + size.Y) * cos, (size.X + size.Y) * sin, 0);
                yield return new(size.X * cos, size.X * sin, size.Y);
                yield return new(size.X * cos, size.X * sin, -size.Y);
                break;
            case SolidKind.Capsule:
                yield return new(size.X * cos, size.X * sin, size.Z);
                yield return new(size.X * cos, size.X * sin, -size.Z);
                yield return new(0, 0, size.Z + size.X);
                yield return new(0, 0, -size.Z - size.X);
                break;
            case SolidKind.Pyramid:
                yield return new(0, 0, size.Z);
                yield return new(MathF.CopySign(size.X, cos), MathF.CopySign(size.X, sin), -size.Z);
                break;
            case SolidKind.Prism:
                yield return new(MathF.CopySign(size.X, cos), 0, size.Z);
                yield return new(MathF.CopySign(size.X, cos), MathF.CopySign(size.Y, sin), -size.Z);
                break;
            case SolidKind.Wedge:
                yield return new(-size.X, MathF.CopySign(size.Y, sin), size.Z);
                yield return new(MathF.CopySign(size.X, cos), MathF.CopySign(size.Y, sin), -size.Z);
                break;
            default:
                yield return new(MathF.CopySign(size.X, cos), MathF.CopySign(size.Y, sin), size.Z);
                yield return new(MathF.CopySign(size.X, cos), MathF.CopySign(size.Y, sin), -size.Z);
                break;
        }
    }

    private static float Radial(Vector3 p) => MathF.Sqrt(p.X * p.X + p.Y * p.Y);

    private static float Ellipsoid(Vector3 p, Vector3 radii)
    {
        var scaled = p / radii;
        var length = scaled.Length();
        var gradient = (scaled / radii).Length();
        return gradient > 0 ? length * (length - 1) / gradient : -MathF.Min(radii.X, MathF.Min(radii.Y, radii.Z));
    }

    private static float Box(Vector3 p, Vector3 half)
    {
        var q = Vector3.Abs(p) - half;
        return Vector3.Max(q, Vector3.Zero).Length() + MathF.Min(0, MathF.Max(q.X, MathF.Max(q.Y, q.Z)));
    }

    private static float Rectangle(float x, float y)
    {
        var outside = new Vector2(MathF.Max(x, 0), MathF.Max(y, 0)).Length();
        return outside + MathF.Min(0, MathF.Max(x, y));
    }

    private static float Cone(Vector3 p, Vector3 size)
    {
        var (bottom, top, half) = (size.X, size.Y, size.Z);
        var q = new Vector2(Radial(p), p.Z);
        var edge = new Vector2(top - bottom, 2 * half);
        var toCap = new Vector2(q.X - MathF.Min(q.X, q.Y < 0 ? bottom : top), MathF.Abs(q.Y) - half);
        var along = Math.Clamp(Vector2.Dot(new Vector2(top, half) - q, edge) / edge.LengthSquared(), 0, 1);
        var toSide = q - new Vector2(top, half) + edge * along;
        var inside = toSide.X < 0 && toCap.Y < 0;
        return MathF.Sqrt(MathF.Min(toCap.LengthSquared(), toSide.LengthSquared())) * (inside ? -1 : 1);
    }

    /// <summary>The larger of the distances to a base at -half and to a side that falls from (0, half) to (width, -half).</summary>
    private static float Slope(float across, float z, float width, float half)
    {
        var normal = Vector2.Normalize(new Vector2(2 * half, width));
        return MathF.Max(Vector2.Dot(normal, new Vector2(across, z - half)), -z - half);
    }

    private static float Wedge(Vector3 p, Vector3 size)
    {
        var normal = Vector2.Normalize(new Vector2(size.Z, size.X));
        var triangle = MathF.Max(normal.X * p.X + normal.Y * p.Z, MathF.Max(-p.X - size.X, -p.Z - size.Z));
        return MathF.Max(triangle, MathF.Abs(p.Y) - size.Y);
    }
}
