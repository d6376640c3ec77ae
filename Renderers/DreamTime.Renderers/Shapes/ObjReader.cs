using System.Globalization;
using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>Wavefront OBJ: vertices, with the display colours that may stand behind them, and faces; polygons become fans of triangles, everything else is passed over.</summary>
internal static class ObjReader
{
    private const int MostCorners = 1000;

    public static TriangleShape Read(Stream stream)
    {
        var (positions, colors, triangles) = (new List<Vector3>(), new List<Vector3>(), new List<int>());
        using var reader = new StreamReader(stream);
        for (var number = 1; reader.ReadLine() is { } line; number++)
        {
            var words = line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 0)
                continue;

            if (words[0] == "v")
            {
                positions.Add(ShapeFile.FromYUp(Vector(words, 1, number)));
                if (words.Length >= 7)
                    colors.Add(Vector(words, 4, number));
            }
            else if (words[0] == "f")
                AddFace(words, positions.Count, number, triangles);
            if (positions.Count > TriangleShape.MostParts || triangles.Count / 3 > TriangleShape.MostParts)
                throw new InvalidDataException($"line {number}: more than {TriangleShape.MostParts} vertices or triangles.");
        }

        return new TriangleShape([.. positions], [.. triangles]).Painted(shape => VertexPaint.Of(colors, shape));
    }

    private static void AddFace(string[] words, int vertices, int line, List<int> triangles)
    {
        if (words.Length is < 4 or > MostCorners)
            throw new InvalidDataException($"line {line}: a face has 3 to {MostCorners - 1} corners, not {words.Length - 1}.");

        var first = Index(words[1], vertices, line);
        for (var corner = 2; corner + 1 < words.Length; corner++)
            triangles.AddRange([first, Index(words[corner], vertices, line), Index(words[corner + 1], vertices, line)]);
    }

    /// <summary>Counted from 1, or from the end backwards where negative; what follows a slash are textures and normals.</summary>
    private static int Index(string word, int vertices, int line)
    {
        var text = word.Split('/')[0];
        if (!int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var index))
            throw new InvalidDataException($"line {line}: '{text}' is no vertex's number.");

        var vertex = index < 0 ? vertices + (long)index : index - 1L;
        return vertex >= 0 && vertex < vertices
            ? (int)vertex
            : throw new InvalidDataException($"line {line}: a face names vertex {index}, and there are {vertices} before it.");
    }

    private static Vector3 Vector(string[] words, int at, int line) => new(Coordinate(words, at, line), Coordinate(words, at + 1, line), Coordinate(words, at + 2, line));

    private static float Coordinate(string[] words, int at, int line) =>
        at < words.Length && float.TryParse(words[at], NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && float.IsFinite(value)
            ? value
            : throw new InvalidDataException($"line {line}: a vertex has three finite coordinates, and a colour three finite parts.");
}
