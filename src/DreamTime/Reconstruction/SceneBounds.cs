using System.Numerics;
using DreamTime.Renderers;

namespace DreamTime;

/// <summary>The ball that holds what a set of cameras looks at, in the cameras' own coordinates.</summary>
/// <param name="Center">Its centre.</param>
/// <param name="Radius">Its radius, above 0.</param>
public readonly record struct SceneBounds(Vector3 Center, float Radius)
{
    private const int Cells = 48;

    /// <summary>
    /// Finds the ball: around the point that the middles of the images come nearest to, as large as the images reach, and then no larger than what at least half of
    /// the images show and none shows beside the object's silhouette: where it is transparent or, in images without transparency, beside all that is not white.
    /// </summary>
    /// <param name="images">At least one.</param>
    /// <exception cref="DatasetException">The cameras do not look at one place: an unbounded scene, which has no ball.</exception>
    public static SceneBounds Of(IReadOnlyList<PosedImage> images)
    {
        ArgumentNullException.ThrowIfNull(images);
        var focus = Focus(images);
        var reach = images.Max(image => Reach(image, focus));
        return Carve(images, focus, reach);
    }

    /// <summary>
    /// The ball of a scene without bounds: around what the cameras look at, or else around the cameras themselves, as large as to hold them all. What lies outside it is seen from
    /// inside.
    /// </summary>
    /// <param name="images">At least one.</param>
    public static SceneBounds Around(IReadOnlyList<PosedImage> images)
    {
        ArgumentNullException.ThrowIfNull(images);
        var center = TryFocus(images) is (var focus, var away) && away * 10 <= images.Count
            ? focus
            : images.Aggregate(Vector3.Zero, (sum, image) => sum + image.Camera.Position) / images.Count;
        return new SceneBounds(center, MathF.Max(1e-6f, 1.05f * images.Max(image => Vector3.Distance(center, image.Camera.Position))));
    }

    /// <summary>The camera where this ball has radius 1 and lies around the origin.</summary>
    public Camera ToBall(Camera camera) => camera with { Position = (camera.Position - Center) / Radius };

    private static Vector3 Focus(IReadOnlyList<PosedImage> images)
    {
        var (focus, away) = TryFocus(images)
            ?? throw new DatasetException("the cameras", "they look in nearly the same direction; a reconstruction needs views from around the object.");
        return away * 10 <= images.Count
            ? focus
            : throw new DatasetException(
                "the cameras", $"{away} of {images.Count} look away from what the others look at; a scene around the cameras has no bounds, and is reconstructed as one (--unbounded).");
    }

    /// <summary>
    /// The point with the least sum of squared distances to the rays through the images' middles: the solution of sum (I - d d^T)(x - p) = 0. And how many images look away from it.
    /// Null where the cameras look along parallel lines, which leave the point on them open: the smallest eigenvalue is then about 0, and with it the determinant.
    /// </summary>
    private static (Vector3 Point, int Away)? TryFocus(IReadOnlyList<PosedImage> images)
    {
        var (a, b) = (default(Matrix4x4), Vector3.Zero);
        foreach (var image in images)
        {
            var d = Middle(image);
            var projection = new Matrix4x4(
                1 - d.X * d.X, -d.X * d.Y, -d.X * d.Z, 0, -d.X * d.Y, 1 - d.Y * d.Y, -d.Y * d.Z, 0, -d.X * d.Z, -d.Y * d.Z, 1 - d.Z * d.Z, 0, 0, 0, 0, 0);
            a += projection;
            b += Vector3.TransformNormal(image.Camera.Position, projection);
        }

        a = a * (1f / images.Count);
        a.M44 = 1;
        if (!Matrix4x4.Invert(a, out var inverse) || a.GetDeterminant() < 1e-4)
            return null;

        var focus = Vector3.TransformNormal(b / images.Count, inverse);
        return (focus, images.Count(image => Vector3.Dot(focus - image.Camera.Position, Middle(image)) <= 0));
    }

    private static SceneBounds Carve(IReadOnlyList<PosedImage> images, Vector3 focus, float reach)
    {
        var cell = 2 * reach / Cells;
        var points = new Vector3[Cells * Cells * Cells];
        for (var i = 0; i < points.Length; i++)
            points[i] = focus + cell * (new Vector3(i % Cells, i / Cells % Cells, i / (Cells * Cells)) + new Vector3(0.5f)) - new Vector3(reach);

        var (seen, isEmpty) = (new int[points.Length], Array.ConvertAll(points, point => Vector3.Distance(point, focus) > reach));
        foreach (var image in images)
        {
            var silhouette = new Silhouette(image);
            var pixelsToTangent = 2 * MathF.Tan(float.DegreesToRadians(image.Camera.FovYDegrees) / 2) / image.Height;
            Parallel.For(0, points.Length, i =>
            {
                var pixel = image.Camera.Project(points[i], image.Width, image.Height);
                if (isEmpty[i] || pixel.Z <= 0 || pixel.X < 0 || pixel.Y < 0 || pixel.X > image.Width || pixel.Y > image.Height)
                    return;

                // A cell is larger than the point that stands for it, and the object's edge may lie anywhere in it.
                seen[i]++;
                isEmpty[i] = !silhouette.IsNear(pixel.X, pixel.Y, 0.87f * cell / (pixel.Z * pixelsToTangent) + 0.5f);
            });
        }

        var kept = points.Where((_, i) => !isEmpty[i] && 2 * seen[i] >= images.Count).ToArray();
        if (kept.Length == 0)
            return new SceneBounds(focus, reach);

        var center = (kept.Aggregate(Vector3.Min) + kept.Aggregate(Vector3.Max)) / 2;
        return new SceneBounds(center, kept.Max(point => Vector3.Distance(point, center)) + cell / 2);
    }

    /// <summary>How far from the focus an image's corners look past it.</summary>
    private static float Reach(PosedImage image, Vector3 focus)
    {
        var cosine = new[] { (0, 0), (image.Width, 0), (0, image.Height), (image.Width, image.Height) }
            .Min(corner => Vector3.Dot(image.Camera.RayDirection(corner.Item1, corner.Item2, image.Width, image.Height), Middle(image)));
        var sine = MathF.Sqrt(MathF.Max(0, 1 - cosine * cosine));
        return MathF.Max(1e-6f, Vector3.Distance(focus, image.Camera.Position) * sine);
    }

    private static Vector3 Middle(PosedImage image) => image.Camera.RayDirection(image.Width / 2f, image.Height / 2f, image.Width, image.Height);
}
