using System.Numerics;
using System.Text;

namespace DreamTime.Renderers;

/// <summary>A mesh as a binary PLY file (little-endian), with normals and 8-bit display colours at the vertices.</summary>
public static class Ply
{
    /// <summary>Writes a mesh as it is: z up, one unit is a metre. The same mesh gives the same bytes.</summary>
    /// <param name="mesh">At least one triangle.</param>
    /// <param name="path">The PLY file.</param>
    /// <exception cref="ArgumentException">The mesh has no triangle.</exception>
    /// <inheritdoc cref="AtomicFile.Write" path="/exception"/>
    public static void Save(Mesh mesh, string path)
    {
        ArgumentNullException.ThrowIfNull(mesh);
        mesh.DemandTriangles();
        string[] header =
        [
            "ply", "format binary_little_endian 1.0", "comment DreamTime.Fs, z up, metres", FormattableString.Invariant($"element vertex {mesh.Positions.Length}"),
            "property float x", "property float y", "property float z", "property float nx", "property float ny", "property float nz",
            "property uchar red", "property uchar green", "property uchar blue",
            FormattableString.Invariant($"element face {mesh.TriangleCount}"), "property list uchar int vertex_indices", "end_header", "",
        ];
        AtomicFile.Write(path, stream =>
        {
            using var writer = new BinaryWriter(stream, Encoding.ASCII, leaveOpen: true);
            writer.Write(Encoding.ASCII.GetBytes(string.Join('\n', header)));
            for (var v = 0; v < mesh.Positions.Length; v++)
            {
                Write(writer, mesh.Positions[v]);
                Write(writer, mesh.Normals[v]);
                for (var channel = 0; channel < 3; channel++)
                    writer.Write((byte)MathF.Round(255 * mesh.Colors[v][channel]));
            }
            for (var i = 0; i < mesh.Triangles.Length; i++)
            {
                if (i % 3 == 0)
                    writer.Write((byte)3);
                writer.Write(mesh.Triangles[i]);
            }
        });
    }

    private static void Write(BinaryWriter writer, Vector3 vector)
    {
        writer.Write(vector.X);
        writer.Write(vector.Y);
        writer.Write(vector.Z);
    }
}
