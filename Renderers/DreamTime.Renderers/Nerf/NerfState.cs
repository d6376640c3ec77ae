namespace DreamTime.Renderers;

/// <summary>
/// A NeRF's state as bytes: a signature, the options that shape the arrays, the step, the arrays with their lengths as little-endian floats, and a closing mark.
/// </summary>
internal static class NerfState
{
    private const string Signature = "DreamTime NeRF 1", End = "end";

    public static void Write(Stream stream, NerfOptions options, int steps, float[][] arrays)
    {
        using var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true);
        writer.Write(Signature);
        foreach (var (_, value) in Shape(options))
            writer.Write(value);
        writer.Write(steps);
        foreach (var array in arrays)
        {
            writer.Write(array.Length);
            foreach (var value in array)
                writer.Write(value);
        }

        writer.Write(End);
    }

    /// <summary>Fills the arrays, all or none of them, and returns the step.</summary>
    public static int Read(Stream stream, NerfOptions options, float[][] arrays)
    {
        using var reader = new BinaryReader(stream, System.Text.Encoding.UTF8, leaveOpen: true);
        try
        {
            Expect("signature", Signature, reader.ReadString());
            foreach (var (name, value) in Shape(options))
                Expect(name, value, reader.ReadInt32());
            var steps = reader.ReadInt32();
            var read = new float[arrays.Length][];
            for (var a = 0; a < arrays.Length; a++)
            {
                Expect($"length of array {a}", arrays[a].Length, reader.ReadInt32());
                read[a] = new float[arrays[a].Length];
                for (var i = 0; i < read[a].Length; i++)
                    read[a][i] = reader.ReadSingle();
            }

            Expect("closing mark", End, reader.ReadString());
            for (var a = 0; a < arrays.Length; a++)
                read[a].CopyTo(arrays[a], 0);
            return steps;
        }
        catch (EndOfStreamException e)
        {
            throw new InvalidDataException("The NeRF's state ends too early: it is cut off.", e);
        }
    }

    private static void Expect<T>(string what, T expected, T found)
    {
        if (!Equals(expected, found))
            throw new InvalidDataException($"The NeRF's state has {what} {found} where {expected} was expected.");
    }

    private static (string Name, int Value)[] Shape(NerfOptions options) =>
    [
        (nameof(options.Levels), options.Levels),
        (nameof(options.Log2TableSize), options.Log2TableSize),
        (nameof(options.BaseResolution), options.BaseResolution),
        (nameof(options.FinestResolution), options.FinestResolution),
        (nameof(options.HiddenWidth), options.HiddenWidth),
        (nameof(options.HiddenLayers), options.HiddenLayers),
        (nameof(options.OccupancyResolution), options.OccupancyResolution),
    ];
}
