using System.Numerics;

namespace DreamTime.Training;

/// <summary>The vocabulary the catalogue is written in.</summary>
internal static class Build
{
    public static Vector3 At(float x, float y, float z) => new(x, y, z);

    public static Part Ball(float radius, Vector3 centre, Paint paint = Paint.Main) => Ellipsoid(radius, radius, radius, centre, paint);

    public static Part Ellipsoid(float x, float y, float z, Vector3 centre, Paint paint = Paint.Main) =>
        new(SolidKind.Ellipsoid, new(x, y, z), centre, paint);

    public static Part Box(float x, float y, float z, Vector3 centre, Paint paint = Paint.Main, float rounding = 0.02f) =>
        new(SolidKind.Box, new Vector3(x, y, z) - new Vector3(rounding), centre, paint) { Rounding = rounding };

    public static Part Cylinder(float radius, float halfHeight, Vector3 centre, Paint paint = Paint.Main, float rounding = 0) =>
        new(SolidKind.Cylinder, new(radius - rounding, 0, halfHeight - rounding), centre, paint) { Rounding = rounding };

    public static Part Cone(float bottom, float top, float halfHeight, Vector3 centre, Paint paint = Paint.Main) =>
        new(SolidKind.Cone, new(bottom, top, halfHeight), centre, paint);

    public static Part Torus(float ring, float tube, Vector3 centre, Paint paint = Paint.Main) =>
        new(SolidKind.Torus, new(ring, tube, 0), centre, paint);

    public static Part Capsule(float radius, float halfLength, Vector3 centre, Paint paint = Paint.Main) =>
        new(SolidKind.Capsule, new(radius, 0, halfLength), centre, paint);

    public static Part Pyramid(float halfBase, float halfHeight, Vector3 centre, Paint paint = Paint.Main) =>
        new(SolidKind.Pyramid, new(halfBase, 0, halfHeight), centre, paint);

    public static Part Roof(float halfLength, float halfWidth, float halfHeight, Vector3 centre, Paint paint = Paint.Main) =>
        new(SolidKind.Prism, new(halfLength, halfWidth, halfHeight), centre, paint);

    public static Part Dome(float x, float y, float z, Vector3 centre, Paint paint = Paint.Main) =>
        new(SolidKind.Dome, new(x, y, z), centre, paint);

    public static Part Wedge(float x, float halfThickness, float z, Vector3 centre, Paint paint = Paint.Main) =>
        new(SolidKind.Wedge, new(x, halfThickness, z), centre, paint);

    /// <summary>The part's axis laid along x.</summary>
    public static Part AlongX(this Part part) => part.Turned(Vector3.UnitY, 90);

    /// <summary>The part's axis laid along y.</summary>
    public static Part AlongY(this Part part) => part.Turned(Vector3.UnitX, 90);

    /// <summary>A part and its mirror images over the planes x = 0 and y = 0, for parts with those symmetries.</summary>
    public static IEnumerable<Part> FourFold(Part part)
    {
        foreach (var x in new[] { -1, 1 })
        {
            foreach (var y in new[] { -1, 1 })
                yield return part with { Centre = part.Centre * new Vector3(x, y, 1) };
        }
    }

    /// <summary>A part and its mirror image over the plane y = 0, for parts with that symmetry.</summary>
    public static IEnumerable<Part> Both(Part part) => [part, part with { Centre = part.Centre * new Vector3(1, -1, 1) }];
}
