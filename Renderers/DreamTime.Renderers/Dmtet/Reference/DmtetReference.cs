using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>
/// What a DMTet renderer computes, in double and without any of its short cuts: every tetrahedron is cut, every pixel asks every triangle, silhouettes are found among the
/// edges by name. The definition that the kernels are compared with.
/// </summary>
/// <param name="grid">The lattice.</param>
/// <param name="distance">Of each lattice vertex.</param>
/// <param name="move">x, y and z of each lattice vertex.</param>
/// <param name="color">The display colour at a place seen along a direction (of length 1, to the camera), where the surface has a normal (of any length).</param>
internal sealed class DmtetReference(TetrahedralGrid grid, double[] distance, double[] move, Func<double[], double[], double[], double[]> color)
{
    private const int Channels = 8;

    /// <summary>The surface: places, triangles, and the lattice edge of each vertex.</summary>
    public (List<double[]> Positions, List<int[]> Triangles, List<(int Inside, int Outside)> Edges) Surface()
    {
        var (positions, triangles, edges, numbers) = (new List<double[]>(), new List<int[]>(), new List<(int, int)>(), new Dictionary<(int, int), int>());
        for (var z = 0; z < grid.Resolution; z++)
            for (var y = 0; y < grid.Resolution; y++)
                for (var x = 0; x < grid.Resolution; x++)
                    for (var axis = 0; axis < 3; axis++)
                        if ((axis == 0 ? x : axis == 1 ? y : z) + 1 < grid.Resolution)
                            foreach (var (a, b, c, d) in grid.Tetrahedra(x, y, z, axis))
                                Cut([a, b, c, d]);
        return (positions, triangles, edges);

        void Cut(int[] corners)
        {
            var inside = Enumerable.Range(0, 4).Where(i => IsInside(corners[i])).Sum(i => 1 << i);
            foreach (var triangle in TetrahedronCases.Triangles[inside].Chunk(3))
                triangles.Add([.. triangle.Select(edge => Vertex(corners[TetrahedronCases.Edges[edge].From], corners[TetrahedronCases.Edges[edge].To]))]);
        }

        int Vertex(int a, int b)
        {
            var (inside, outside) = IsInside(a) ? (a, b) : (b, a);
            if (numbers.TryGetValue((inside, outside), out var known))
                return known;

            var (s, t) = (distance[inside], grid.IsOnHull(outside) ? Math.Max(distance[outside], 0.01 * grid.Spacing) : distance[outside]);
            var share = s / Math.Min(s - t, -1e-6 * grid.Spacing);
            positions.Add(Add(Scale(1 - share, Moved(inside)), Scale(share, Moved(outside))));
            edges.Add((inside, outside));
            return numbers[(inside, outside)] = positions.Count - 1;
        }
    }

    /// <summary>One view: colour [3, height, width], opacity and depth [height, width], normals [3, height, width].</summary>
    public (double[] Color, double[] Opacity, double[] Depth, double[] Normals) Render(Camera camera, int height, int width, Vector3 background)
    {
        var (positions, triangles, _) = Surface();
        var projected = positions.ConvertAll(p => Project(camera, height, width, p));
        var normals = Normals(positions, triangles);
        var (front, depths) = (new int[height * width], new double[height * width]);
        var planes = Enumerable.Range(0, Channels).Select(_ => new double[height * width]).ToArray();
        for (var pixel = 0; pixel < front.Length; pixel++)
        {
            (front[pixel], depths[pixel]) = (-1, double.PositiveInfinity);
            double[] ray = [pixel % width + 0.5, pixel / width + 0.5, 1], best = [];
            for (var t = 0; t < triangles.Count; t++)
            {
                // The place W ray = sum of shares times corners: Cramer's rule.
                var (a, b, c) = (projected[triangles[t][0]], projected[triangles[t][1]], projected[triangles[t][2]]);
                double[] e = [Det(ray, b, c), Det(a, ray, c), Det(a, b, ray)];
                var (volume, sum) = (Det(a, b, c), e.Sum());
                if (volume == 0 || e.Any(value => value * volume < 0) || !(volume / sum >= 0.01 && volume / sum < depths[pixel]))
                    continue;

                (front[pixel], depths[pixel], best) = (t, volume / sum, [.. e.Select(value => value / sum)]);
            }

            double[] shown = [background.X, background.Y, background.Z, 0, 0, 0, 0, 0];
            if (front[pixel] >= 0)
            {
                double[] Mix(List<double[]> values) => [.. Enumerable.Range(0, 3).Select(k => Enumerable.Range(0, 3).Sum(i => best[i] * values[triangles[front[pixel]][i]][k]))];
                var place = Mix(positions);
                var toCamera = Add(Of(camera.Position), Scale(-1, place));
                var length = Math.Sqrt(Dot(toCamera, toCamera));
                var normal = Mix(normals);
                shown = [.. color(place, normal, Scale(1 / length, toCamera)), 1, length, .. Scale(1 / Math.Sqrt(Dot(normal, normal)), normal)];
            }

            for (var channel = 0; channel < Channels; channel++)
                planes[channel][pixel] = shown[channel];
        }

        var smooth = Smooth(planes, front, depths, triangles, projected, height, width);
        return ([.. smooth[0], .. smooth[1], .. smooth[2]], smooth[3], smooth[4], [.. smooth[5], .. smooth[6], .. smooth[7]]);
    }

    /// <summary>Of length 1, area-weighted.</summary>
    public static List<double[]> Normals(List<double[]> positions, List<int[]> triangles)
    {
        var sums = positions.ConvertAll(_ => new double[3]);
        foreach (var t in triangles)
        {
            var area = Cross(Add(positions[t[1]], Scale(-1, positions[t[0]])), Add(positions[t[2]], Scale(-1, positions[t[0]])));
            foreach (var v in t)
                sums[v] = Add(sums[v], area);
        }

        return sums.ConvertAll(sum => Dot(sum, sum) > 0 ? Scale(1 / Math.Sqrt(Dot(sum, sum)), sum) : [0, 0, 1]);
    }

    private static double[][] Smooth(
        double[][] planes, int[] front, double[] depths, List<int[]> triangles, List<double[]> projected, int height, int width)
    {
        var owner = new Dictionary<(int, int), int>();
        for (var t = 0; t < triangles.Count; t++)
            for (var i = 0; i < 3; i++)
                owner[(triangles[t][i], triangles[t][(i + 1) % 3])] = t;
        var mixes = new List<(int Mixed, int Other, double Weight)>();
        for (var pixel = 0; pixel < front.Length; pixel++)
        {
            if (pixel % width + 1 < width)
                Between(pixel, pixel + 1);
            if (pixel / width + 1 < height)
                Between(pixel, pixel + width);
        }

        var smooth = planes.Select(plane => (double[])plane.Clone()).ToArray();
        foreach (var (mixed, other, weight) in mixes)
        {
            var given = Math.Max(1, mixes.Where(mix => mix.Mixed == mixed).Sum(mix => mix.Weight));
            for (var channel = 0; channel < Channels; channel++)
                smooth[channel][mixed] += weight / given * (planes[channel][other] - planes[channel][mixed]);
        }

        return smooth;

        int Facing(int t) => Math.Sign(Det(projected[triangles[t][0]], projected[triangles[t][1]], projected[triangles[t][2]]));

        void Between(int pixel, int next)
        {
            var (a, b) = (front[pixel], front[next]);
            if (a == b || a >= 0 && b >= 0 && triangles[a].Intersect(triangles[b]).Any() && Facing(a) == Facing(b))
                return;

            var (near, far) = depths[pixel] <= depths[next] ? (pixel, next) : (next, pixel);
            double[] from = [near % width + 0.5, near / width + 0.5, 1], way = [far % width - near % width, far / width - near / width, 0];
            var (triangle, entered, facing) = (front[near], (-1, -1), Facing(front[near]));
            while (true)
            {
                // The edges that the way leaves the triangle by; the nearest ends it.
                var exits = Enumerable.Range(0, 3).Select(i => (From: triangles[triangle][i], To: triangles[triangle][(i + 1) % 3]))
                    .Where(edge => edge != entered)
                    .Select(edge => (Edge: edge, Line: Cross(projected[edge.From], projected[edge.To])))
                    .Where(exit => Dot(exit.Line, way) * facing < 0)
                    .Select(exit => (exit.Edge, exit.Line, Reach: -Dot(exit.Line, from) / Dot(exit.Line, way))).OrderBy(exit => exit.Reach).ToArray();
                if (exits.Length == 0 || exits[0].Reach >= 1)
                    return;

                var ((start, end), line, reach) = exits[0];
                if (owner.TryGetValue((end, start), out var neighbour) && Facing(neighbour) == facing)
                {
                    (triangle, entered) = (neighbour, (end, start));
                    continue;
                }

                var (across, along) = (way[0] != 0 ? line[0] : line[1], way[0] != 0 ? line[1] : line[0]);
                var share = across * across / (across * across + along * along);
                mixes.Add(reach < 0.5 ? (near, far, share * (0.5 - reach)) : (far, near, share * (reach - 0.5)));
                return;
            }
        }
    }

    private bool IsInside(int vertex) => distance[vertex] < 0 && !grid.IsOnHull(vertex);

    private double[] Moved(int vertex)
    {
        var rest = grid.Position(vertex);
        return [.. Enumerable.Range(0, 3).Select(axis => rest[axis] + grid.Spacing / 4.0 * Math.Tanh(move[3 * vertex + axis]))];
    }

    /// <summary>Homogeneous pixel coordinates, as <see cref="Camera.Project"/> has them times the depth.</summary>
    private static double[] Project(Camera camera, int height, int width, double[] point)
    {
        var offset = Add(point, Scale(-1, Of(camera.Position)));
        var (right, up, depth) = (Dot(offset, Of(camera.Right)), Dot(offset, Of(camera.Up)), -Dot(offset, Of(camera.Back)));
        var focal = height / (2 * Math.Tan(double.DegreesToRadians(camera.FovYDegrees) / 2));
        return
        [
            focal / camera.PixelAspect * right + (width / 2.0 + height * (double)camera.PrincipalOffset.X) * depth,
            -focal * up + (height / 2.0 + height * (double)camera.PrincipalOffset.Y) * depth,
            depth,
        ];
    }

    private static double[] Of(Vector3 v) => [v.X, v.Y, v.Z];

    private static double[] Add(double[] a, double[] b) => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];

    private static double[] Scale(double factor, double[] a) => [factor * a[0], factor * a[1], factor * a[2]];

    private static double Dot(double[] a, double[] b) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];

    private static double[] Cross(double[] a, double[] b) => [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];

    private static double Det(double[] a, double[] b, double[] c) => Dot(a, Cross(b, c));
}
