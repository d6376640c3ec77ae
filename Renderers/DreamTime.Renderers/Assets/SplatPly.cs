using System.Globalization;
using System.Text;

namespace DreamTime.Renderers;

/// <summary>Gaussians as the PLY file that splat viewers and editors import: 62 properties, 248 bytes a Gaussian, harmonics padded to degree 3.</summary>
public static class SplatPly
{
    private const int Functions = 15;

    /// <summary>
    /// Writes the Gaussians with y up and the front facing +z: (x, y, z) becomes (y, z, x), in metres. Scales are logarithms, opacities logits, as learned.
    /// </summary>
    /// <param name="renderer">What was learned.</param>
    /// <param name="path">The PLY file.</param>
    /// <inheritdoc cref="AtomicFile.Write" path="/exception"/>
    public static void Save(SplatRenderer renderer, string path)
    {
        ArgumentNullException.ThrowIfNull(renderer);
        AtomicFile.Write(path, stream =>
        {
            using var writer = new BinaryWriter(stream, Encoding.ASCII, leaveOpen: true);
            writer.Write(Encoding.ASCII.GetBytes(Header(renderer.Count)));
            for (var i = 0; i < renderer.Count; i++)
                Write(writer, renderer.Gaussians, i);
        });
    }

    private static string Header(int count)
    {
        string[] names =
        [
            "x", "y", "z", "nx", "ny", "nz", "f_dc_0", "f_dc_1", "f_dc_2", .. Enumerable.Range(0, 3 * Functions).Select(k => $"f_rest_{k}"),
            "opacity", "scale_0", "scale_1", "scale_2", "rot_0", "rot_1", "rot_2", "rot_3",
        ];
        string[] lines =
        [
            "ply", "format binary_little_endian 1.0", string.Create(CultureInfo.InvariantCulture, $"element vertex {count}"),
            .. names.Select(name => $"property float {name}"), "end_header",
        ];
        return string.Join('\n', lines) + "\n";
    }

    private static void Write(BinaryWriter writer, Gaussians gaussians, int i)
    {
        var place = Harmonics.FileAxes(gaussians.Position(i));
        var rotation = SplatShape.InFileAxes(gaussians.Rotation(i));
        Span<float> row = stackalloc float[62];
        row.Clear();
        (row[0], row[1], row[2]) = (place.X, place.Y, place.Z);
        gaussians.Base.Values.AsSpan(3 * i, 3).CopyTo(row[6..]);
        var rest = gaussians.Rest.Values.AsSpan(gaussians.Rest.Width * i, gaussians.Rest.Width);
        for (var k = 0; k < rest.Length; k++)
            row[9 + k % 3 * Functions + k / 3] = rest[k];
        row[54] = gaussians.Opacities.Values[i];
        gaussians.LogScales.Values.AsSpan(3 * i, 3).CopyTo(row[55..]);
        (row[58], row[59], row[60], row[61]) = (rotation.W, rotation.X, rotation.Y, rotation.Z);
        foreach (var number in row)
            writer.Write(number);
    }
}
