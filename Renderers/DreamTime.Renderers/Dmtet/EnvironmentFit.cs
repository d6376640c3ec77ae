using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>
/// A picture of everything around as a light whose integrals have closed forms: sky, ground and the lamps that take the most of what is left, one after the other;
/// then all radiances together, by least squares over the sphere with none below 0.
/// </summary>
internal static class EnvironmentFit
{
    private const int MostLamps = 8, Rows = 32, Columns = 64, Sweeps = 200;

    /// <summary>A lamp that takes less than this share of the picture's energy is left out.</summary>
    private const double LeastGain = 0.002;

    private static readonly float[] Sharpnesses = [2, 4, 8, 16, 32, 64];

    private readonly record struct Cell(Vector3 Direction, float Weight, Vector3 Radiance);

    /// <summary>The light of a picture.</summary>
    public static EnvironmentLight Of(Picture panorama)
    {
        var cells = Cells(panorama);
        List<float[]> shapes = [[.. cells.Select(cell => (1 + cell.Direction.Z) / 2)], [.. cells.Select(cell => (1 - cell.Direction.Z) / 2)]];
        List<(Vector3 Direction, float Sharpness)> lamps = [];
        var radiances = Solve(cells, shapes);
        var energy = cells.Sum(cell => cell.Weight * cell.Radiance.LengthSquared());
        while (lamps.Count < MostLamps)
        {
            var left = Residual(cells, shapes, radiances);
            var (gain, lamp) = Best(cells, left);
            if (gain < LeastGain * energy)
                break;

            lamps.Add(lamp);
            shapes.Add(Shape(cells, lamp));
            radiances = Solve(cells, shapes);
        }

        return new EnvironmentLight
        {
            Sky = radiances[0],
            Ground = radiances[1],
            Lamps = [.. lamps.Select((lamp, i) => new EnvironmentLamp(lamp.Direction, lamp.Sharpness, radiances[i + 2])).Where(lamp => lamp.Radiance != Vector3.Zero)],
        };
    }

    /// <summary>The direction of a place in a picture of everything around: u from the left, v from the top, 0..1. Its middle is +x, its right -y.</summary>
    public static Vector3 Direction(double u, double v)
    {
        var (sin, cos) = Math.SinCos(Math.PI * (1 - 2 * u));
        var (across, up) = Math.SinCos(Math.PI * v);
        return new Vector3((float)(across * cos), (float)(across * sin), (float)up);
    }

    /// <summary>Means over the picture's pixels in linear radiance, each weighted by its share of the sphere.</summary>
    private static Cell[] Cells(Picture panorama)
    {
        var (height, width, plane) = (panorama.Height, panorama.Width, panorama.Height * panorama.Width);
        return [.. Enumerable.Range(0, Rows * Columns).Select(i =>
        {
            var (row, column) = (i / Columns, i % Columns);
            var (sum, weights) = (Vector3.Zero, 0.0);
            for (var y = row * height / Rows; y < Math.Max(row * height / Rows + 1, (row + 1) * height / Rows); y++)
            {
                var weight = Math.Sin(Math.PI * (y + 0.5) / height);
                for (var x = column * width / Columns; x < Math.Max(column * width / Columns + 1, (column + 1) * width / Columns); x++)
                {
                    var pixel = y * width + x;
                    var display = new Vector3(panorama.Color[pixel], panorama.Color[plane + pixel], panorama.Color[2 * plane + pixel]);
                    sum += (float)weight * Glb.LinearColor(Vector3.Clamp(display, Vector3.Zero, Vector3.One));
                    weights += weight;
                }
            }

            return new Cell(
                Direction((column + 0.5) / Columns, (row + 0.5) / Rows),
                (float)(Math.Sin(Math.PI * (row + 0.5) / Rows) * 2 * Math.PI * Math.PI / (Rows * Columns)),
                sum / (float)weights);
        })];
    }

    private static float[] Shape(Cell[] cells, (Vector3 Direction, float Sharpness) lamp) =>
        [.. cells.Select(cell => MathF.Exp(lamp.Sharpness * (Vector3.Dot(lamp.Direction, cell.Direction) - 1)))];

    private static Vector3[] Residual(Cell[] cells, List<float[]> shapes, Vector3[] radiances) =>
        [.. cells.Select((cell, i) => shapes.Zip(radiances).Aggregate(cell.Radiance, (left, part) => left - part.First[i] * part.Second))];

    /// <summary>The lamp that takes the most of the residual's energy, were it added alone.</summary>
    private static (double Gain, (Vector3 Direction, float Sharpness) Lamp) Best(Cell[] cells, Vector3[] left)
    {
        // Every second direction of every second row is as near as a lamp of these sharpnesses needs.
        Vector3[] directions = [.. cells.Where((_, i) => i % 2 == 0 && i / Columns % 2 == 0).Select(cell => cell.Direction)];
        var gains = new (double Gain, (Vector3 Direction, float Sharpness) Lamp)[directions.Length * Sharpnesses.Length];
        Parallel.For(0, gains.Length, k =>
        {
            var lamp = (Direction: directions[k / Sharpnesses.Length], Sharpness: Sharpnesses[k % Sharpnesses.Length]);
            var (product, square) = (Vector3.Zero, 0f);
            for (var i = 0; i < cells.Length; i++)
            {
                var shape = MathF.Exp(lamp.Sharpness * (Vector3.Dot(lamp.Direction, cells[i].Direction) - 1));
                product += cells[i].Weight * shape * left[i];
                square += cells[i].Weight * shape * shape;
            }

            gains[k] = (Vector3.Max(product, Vector3.Zero).LengthSquared() / square, lamp);
        });
        return gains.MaxBy(found => found.Gain);
    }

    /// <summary>Least squares with no radiance below 0, by coordinate descent.</summary>
    private static Vector3[] Solve(Cell[] cells, List<float[]> shapes)
    {
        var radiances = new Vector3[shapes.Count];
        var (products, ofPicture) = (new double[shapes.Count, shapes.Count], new Vector3[shapes.Count]);
        for (var a = 0; a < shapes.Count; a++)
            for (var i = 0; i < cells.Length; i++)
            {
                ofPicture[a] += cells[i].Weight * shapes[a][i] * cells[i].Radiance;
                for (var b = 0; b < shapes.Count; b++)
                    products[a, b] += cells[i].Weight * shapes[a][i] * shapes[b][i];
            }

        for (var sweep = 0; sweep < Sweeps; sweep++)
            for (var a = 0; a < shapes.Count; a++)
            {
                var rest = ofPicture[a];
                for (var b = 0; b < shapes.Count; b++)
                    if (b != a)
                        rest -= (float)products[a, b] * radiances[b];
                radiances[a] = Vector3.Max(rest / (float)products[a, a], Vector3.Zero);
            }

        return radiances;
    }
}
