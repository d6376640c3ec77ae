using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>
/// The Gaussians as a density: what a mesh is extracted from. Each one's density is its alpha's, spread along the line of sight: -ln(1 - opacity) over
/// its mean width sqrt(2 pi) s at its centre, so that the ray through it loses the light it loses in the image.
/// </summary>
internal sealed class SplatField
{
    private const int Cells = 64;

    /// <summary>Beyond so many deviations a Gaussian is not counted.</summary>
    private const float Reach = 3.5f;

    private readonly Gaussians _gaussians;
    private readonly float _radius;
    private readonly ParallelOptions _parallel;
    private readonly int[] _starts = new int[Cells * Cells * Cells + 1];
    private readonly int[] _members;
    private readonly Matrix4x4[] _toUnit;
    private readonly float[] _peaks;

    public SplatField(Gaussians gaussians, float radius, ParallelOptions parallel)
    {
        (_gaussians, _radius, _parallel) = (gaussians, radius, parallel);
        (_toUnit, _peaks) = (new Matrix4x4[gaussians.Count], new float[gaussians.Count]);
        for (var i = 0; i < gaussians.Count; i++)
        {
            var scale = gaussians.Scale(i);
            _toUnit[i] = ToUnit(gaussians, i, scale);
            _peaks[i] = -MathF.Log(1 - Math.Min(SplatProjection.MostAlpha, gaussians.Opacity(i)))
                / (MathF.Sqrt(2 * MathF.PI) * MathF.Cbrt(scale.X * scale.Y * scale.Z));
        }

        Visit((cell, _) => _starts[cell + 1]++);
        for (var cell = 0; cell + 1 < _starts.Length; cell++)
            _starts[cell + 1] += _starts[cell];
        _members = new int[_starts[^1]];
        var next = _starts[..^1];
        Visit((cell, i) => _members[next[cell]++] = i);
    }

    public void Query(ReadOnlySpan<Vector3> positions, Span<float> density, Span<Vector3> color)
    {
        var (places, densities, colors) = (positions.ToArray(), new float[positions.Length], new Vector3[color.Length]);
        Parallel.For(0, places.Length, _parallel, p =>
        {
            var (sum, weighted) = At(places[p]);
            densities[p] = sum;
            if (colors.Length > 0)
                colors[p] = sum > 0 ? weighted / sum : Vector3.Zero;
        });
        densities.CopyTo(density);
        colors.CopyTo(color);
    }

    /// <summary>The density at a place, and the sum of the colours by what each Gaussian has in it.</summary>
    private (float Density, Vector3 Color) At(Vector3 place)
    {
        var (sum, weighted, cell) = (0f, Vector3.Zero, CellOf(place));
        if (cell < 0)
            return default;

        for (var k = _starts[cell]; k < _starts[cell + 1]; k++)
        {
            var i = _members[k];
            var here = _peaks[i] * MathF.Exp(-Vector3.Transform(place, _toUnit[i]).LengthSquared() / 2);
            sum += here;
            weighted += here * Vector3.Clamp(_gaussians.BaseColor(i), Vector3.Zero, Vector3.One);
        }

        return (sum, weighted);
    }

    /// <summary>From the world to the axes and deviations of a Gaussian.</summary>
    private static Matrix4x4 ToUnit(Gaussians gaussians, int i, Vector3 scale)
    {
        var (c0, c1, c2) = SplatShape.Columns(gaussians.Rotation(i));
        var (x, y, z) = (c0 / scale.X, c1 / scale.Y, c2 / scale.Z);
        var centre = gaussians.Position(i);
        return new Matrix4x4(
            x.X, y.X, z.X, 0, x.Y, y.Y, z.Y, 0, x.Z, y.Z, z.Z, 0,
            -Vector3.Dot(x, centre), -Vector3.Dot(y, centre), -Vector3.Dot(z, centre), 1);
    }

    private int CellOf(Vector3 position)
    {
        var unit = (position + new Vector3(_radius)) * (Cells / (2 * _radius));
        var (x, y, z) = ((int)MathF.Floor(unit.X), (int)MathF.Floor(unit.Y), (int)MathF.Floor(unit.Z));
        // The box's upper faces belong to it.
        (x, y, z) = (x == Cells ? Cells - 1 : x, y == Cells ? Cells - 1 : y, z == Cells ? Cells - 1 : z);
        return (uint)x < Cells && (uint)y < Cells && (uint)z < Cells ? (z * Cells + y) * Cells + x : -1;
    }

    private void Visit(Action<int, int> visit)
    {
        for (var i = 0; i < _gaussians.Count; i++)
        {
            var (c0, c1, c2) = SplatShape.Columns(_gaussians.Rotation(i));
            var scale = _gaussians.Scale(i);
            var (a, b, c) = (c0 * scale.X, c1 * scale.Y, c2 * scale.Z);
            var half = Reach * Vector3.SquareRoot(a * a + b * b + c * c);
            var (low, high) = (Cell(_gaussians.Position(i) - half), Cell(_gaussians.Position(i) + half));
            for (var z = Math.Max(0, low.Z); z <= Math.Min(Cells - 1, high.Z); z++)
                for (var y = Math.Max(0, low.Y); y <= Math.Min(Cells - 1, high.Y); y++)
                    for (var x = Math.Max(0, low.X); x <= Math.Min(Cells - 1, high.X); x++)
                        visit((z * Cells + y) * Cells + x, i);
        }
    }

    private (int X, int Y, int Z) Cell(Vector3 position)
    {
        var unit = Vector3.Clamp((position + new Vector3(_radius)) * (Cells / (2 * _radius)), new Vector3(-1), new Vector3(Cells));
        return ((int)MathF.Floor(unit.X), (int)MathF.Floor(unit.Y), (int)MathF.Floor(unit.Z));
    }
}
