using System.Numerics;
using System.Text;

namespace DreamTime.Renderers;

/// <summary>A mesh as a binary STL file for 3D printing. The format has no colours.</summary>
public static class Stl
{
    /// <summary>STL has no unit; slicers take its numbers for millimetres.</summary>
    public const float UnitsPerMetre = 1000;

    /// <summary>Writes a mesh with z up, in millimetres. The same mesh gives the same bytes.</summary>
    /// <param name="mesh">At least one triangle.</param>
    /// <param name="path">The STL file.</param>
    /// <exception cref="ArgumentException">The mesh has no triangle.</exception>
    /// <inheritdoc cref="AtomicFile.Write" path="/exception"/>
    public static void Save(Mesh mesh, string path)
    {
        ArgumentNullException.ThrowIfNull(mesh);
        mesh.DemandTriangles();
        // A binary STL may not begin with the word "solid": readers would take it for text.
        var header = new byte[80];
        Encoding.ASCII.GetBytes("DreamTime.Fs, z up, millimetres").CopyTo(header, 0);
        AtomicFile.Write(path, stream =>
        {
            using var writer = new BinaryWriter(stream, Encoding.ASCII, leaveOpen: true);
            writer.Write(header);
            writer.Write((uint)mesh.TriangleCount);
            for (var t = 0; t < mesh.TriangleCount; t++)
            {
                var area = mesh.AreaVector(t);
                var (a, b, c) = mesh.Corners(t);
                foreach (var vector in (ReadOnlySpan<Vector3>)[area == Vector3.Zero ? area : Vector3.Normalize(area), UnitsPerMetre * a, UnitsPerMetre * b, UnitsPerMetre * c])
                {
                    writer.Write(vector.X);
                    writer.Write(vector.Y);
                    writer.Write(vector.Z);
                }
                writer.Write((ushort)0);
            }
        });
    }
}
