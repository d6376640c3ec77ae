namespace DreamTime.Renderers;

/// <summary>Gaussians as a .splat file, which web viewers stream: 32 bytes each, the heaviest first, without harmonics.</summary>
public static class SplatFile
{
    /// <summary>
    /// Writes place and scales as floats, colour and opacity as bytes, and the quaternion (w, x, y, z) as bytes around 128. Axes and unit are those of <see cref="SplatPly"/>.
    /// </summary>
    /// <param name="renderer">What was learned.</param>
    /// <param name="path">The .splat file.</param>
    /// <inheritdoc cref="AtomicFile.Write" path="/exception"/>
    public static void Save(SplatRenderer renderer, string path)
    {
        ArgumentNullException.ThrowIfNull(renderer);
        var gaussians = renderer.Gaussians;
        var order = Enumerable.Range(0, gaussians.Count).OrderByDescending(i => Weight(gaussians, i)).ToArray();
        AtomicFile.Write(path, stream =>
        {
            using var writer = new BinaryWriter(stream, System.Text.Encoding.ASCII, leaveOpen: true);
            foreach (var i in order)
                Write(writer, gaussians, i);
        });
    }

    private static float Weight(Gaussians gaussians, int i)
    {
        var scale = gaussians.Scale(i);
        return scale.X * scale.Y * scale.Z * gaussians.Opacity(i);
    }

    private static void Write(BinaryWriter writer, Gaussians gaussians, int i)
    {
        static byte Share(float value) => (byte)Math.Round(255 * Math.Clamp(value, 0, 1));
        static byte Signed(float value) => (byte)Math.Clamp(Math.Round(128 + 128 * value), 0, 255);

        var (place, scale, color) = (Harmonics.FileAxes(gaussians.Position(i)), gaussians.Scale(i), gaussians.BaseColor(i));
        var rotation = SplatShape.InFileAxes(gaussians.Rotation(i));
        foreach (var number in (ReadOnlySpan<float>)[place.X, place.Y, place.Z, scale.X, scale.Y, scale.Z])
            writer.Write(number);
        writer.Write([Share(color.X), Share(color.Y), Share(color.Z), Share(gaussians.Opacity(i))]);
        writer.Write([Signed(rotation.W), Signed(rotation.X), Signed(rotation.Y), Signed(rotation.Z)]);
    }
}
