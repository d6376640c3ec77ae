using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>A solid that a field can start as: what is inside, and how far everything is from its surface.</summary>
public abstract class SignedShape
{
    /// <summary>The signed distance to the surface in metres, negative inside; for an ellipsoid an approximation that is exact on its surface.</summary>
    public abstract float Distance(Vector3 point);

    /// <summary>The surface's area in square metres; of an ellipsoid within 1.1 %.</summary>
    internal abstract double Area { get; }

    /// <summary>A point on the surface, evenly by area on a mesh and on a sphere; the draws are numbers in [0, 1).</summary>
    internal abstract ShapePoint SurfacePoint(double first, double second, double third);

    /// <summary>A sphere around the origin.</summary>
    /// <param name="radius">In metres, finite and above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The radius is out of range.</exception>
    public static SignedShape Sphere(float radius) => new EllipsoidShape(new Vector3(radius));

    /// <summary>An ellipsoid around the origin.</summary>
    /// <param name="radii">Along x, y and z, in metres, finite and above 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">A radius is out of range.</exception>
    public static SignedShape Ellipsoid(Vector3 radii) => new EllipsoidShape(radii);

    /// <summary>A triangle mesh, centred and scaled. It need not be closed: inside is where the winding number is above 1/2 (Jacobson et al. 2013).</summary>
    /// <param name="triangles">The mesh.</param>
    /// <param name="size">Its longest side after scaling, in metres, finite and above 0; null fills a ball of 0.9 m, as the embedded prior's objects do.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is out of range.</exception>
    /// <exception cref="InvalidDataException">All points of the mesh are one.</exception>
    public static SignedShape Mesh(TriangleShape triangles, float? size = null)
    {
        ArgumentNullException.ThrowIfNull(triangles);
        return new MeshShape(triangles.Normalised(size ?? 0.9f / triangles.Normalised(1).Reach()));
    }
}
