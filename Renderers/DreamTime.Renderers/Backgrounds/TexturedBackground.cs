using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>A checker board or smooth noise, drawn anew for every view: a pure function of the seed, the step and the view.</summary>
/// <param name="smooth">Noise; else a board.</param>
/// <param name="seed">Of the draws.</param>
public sealed class TexturedBackground(bool smooth, long seed) : Background
{
    private const int Fewest = 4, Most = 16, FirstDraw = 200, Point = 1000;

    private protected override void Paint(float[] colors, IReadOnlyList<Camera> cameras, int height, int width, int step)
    {
        var plane = height * width;
        for (var view = 0; view < cameras.Count; view++)
        {
            double Uniform(int dimension) => CounterRandom.Uniform(seed, step, view, FirstDraw + dimension);

            var fields = Fewest + (int)(Uniform(0) * (Most + 1 - Fewest));
            var (shiftX, shiftY) = (Uniform(1), Uniform(2));
            Vector3 Color(int which) => RandomColor(k => Uniform(Point + 5 * which + k));

            var points = smooth ? [.. Enumerable.Range(0, (fields + 2) * (fields + 2)).Select(Color)] : new[] { Color(0), Color(1) };
            var size = Math.Max(height, width);
            for (var pixel = 0; pixel < plane; pixel++)
            {
                var (x, y) = ((pixel % width + 0.5) / size * fields + shiftX, (pixel / width + 0.5) / size * fields + shiftY);
                var color = smooth ? Mixed(points, fields + 2, x, y) : points[((int)x + (int)y) & 1];
                for (var channel = 0; channel < 3; channel++)
                    colors[(3 * view + channel) * plane + pixel] = color[channel];
            }
        }
    }

    private static Vector3 Mixed(Vector3[] points, int side, double x, double y)
    {
        var (column, row) = (Math.Min((int)x, side - 2), Math.Min((int)y, side - 2));
        var (right, down) = ((float)(x - column), (float)(y - row));
        Vector3 Row(int at) => Vector3.Lerp(points[at * side + column], points[at * side + column + 1], right);
        return Vector3.Lerp(Row(row), Row(row + 1), down);
    }
}
