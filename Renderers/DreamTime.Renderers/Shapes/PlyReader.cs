using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>PLY, as text or binary: vertices with their colours, and faces, which become fans of triangles; everything else is passed over.</summary>
internal static class PlyReader
{
    private const int MostCorners = 1000;

    public static TriangleShape Read(Stream stream)
    {
        var header = PlyHeader.Read(stream);
        Demand(header, "vertex", "x", "y", "z");
        if (!header.Elements.Any(element => element.Name == "face"))
            throw new InvalidDataException("the file has points and no faces; a mesh is needed.");

        var numbers = new PlyNumbers(stream, header.Format);
        var (positions, colors, triangles) = (new List<Vector3>(), new List<Vector3>(), new List<int>());
        foreach (var element in header.Elements)
            for (var row = 0; row < element.Count; row++)
                if (element.Name == "vertex")
                    AddVertex(element, numbers, positions, colors);
                else
                    AddFace(element, numbers, element.Name == "face" ? triangles : null);

        // A face before the vertices would be checked too early: the shape itself holds the numbers against the vertices.
        return new TriangleShape([.. positions], [.. triangles]).Painted(shape => VertexPaint.Of(colors, shape));
    }

    private static void AddVertex(PlyElement element, PlyNumbers numbers, List<Vector3> positions, List<Vector3> colors)
    {
        var (position, color, parts) = (Vector3.Zero, Vector3.Zero, 0);
        foreach (var property in element.Properties)
        {
            if (property.Length is { } length)
            {
                Skip(numbers, length, property.Type);
                continue;
            }

            var value = (float)numbers.Next(property.Type);
            var share = value / property.Type switch { PlyType.Byte => byte.MaxValue, PlyType.UShort => ushort.MaxValue, _ => 1f };
            switch (property.Name)
            {
                case "x": position.X = value; break;
                case "y": position.Y = value; break;
                case "z": position.Z = value; break;
                case "red": (color.X, parts) = (share, parts + 1); break;
                case "green": (color.Y, parts) = (share, parts + 1); break;
                case "blue": (color.Z, parts) = (share, parts + 1); break;
            }
        }

        positions.Add(position);
        if (parts == 3)
            colors.Add(color);
    }

    private static void AddFace(PlyElement element, PlyNumbers numbers, List<int>? triangles)
    {
        foreach (var property in element.Properties)
            if (property.Length is not { } length)
                numbers.Next(property.Type);
            else if (triangles is not null && property.Name is "vertex_indices" or "vertex_index")
                AddCorners(numbers, length, property.Type, triangles!);
            else
                Skip(numbers, length, property.Type);
    }

    private static void AddCorners(PlyNumbers numbers, PlyType length, PlyType type, List<int> triangles)
    {
        var corners = numbers.Next(length);
        if (corners is not (>= 3 and < MostCorners))
            throw new InvalidDataException(FormattableString.Invariant($"a face has 3 to {MostCorners - 1} corners, not {corners}."));

        var (first, previous) = (Index(numbers.Next(type)), Index(numbers.Next(type)));
        for (var corner = 2; corner < corners; corner++)
        {
            var next = Index(numbers.Next(type));
            triangles.AddRange([first, previous, next]);
            previous = next;
        }

        if (triangles.Count / 3 > TriangleShape.MostParts)
            throw new InvalidDataException($"the file has more than {TriangleShape.MostParts} triangles.");
    }

    private static int Index(double number) => number >= 0 && number < TriangleShape.MostParts && number == Math.Floor(number)
        ? (int)number
        : throw new InvalidDataException(FormattableString.Invariant($"a face names vertex {number}, which there cannot be."));

    private static void Skip(PlyNumbers numbers, PlyType length, PlyType type)
    {
        var count = numbers.Next(length);
        for (var i = 0; i < count; i++)
            numbers.Next(type);
    }

    private static void Demand(PlyHeader header, string element, params string[] properties)
    {
        var found = header.Elements.Where(e => e.Name == element).ToArray();
        if (found is not [var only] || properties.Any(name => only.Properties.Count(p => p.Name == name && p.Length is null) != 1))
            throw new InvalidDataException($"the header has not one element '{element}' with {string.Join(", ", properties)}.");
    }
}
