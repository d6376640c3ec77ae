using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>One view of a render: what was projected, where it lies, and what it takes to go back.</summary>
internal sealed class SplatView
{
    private readonly SplatCamera _camera;
    private readonly Gaussians _gaussians;
    private readonly ProjectedSplats _projected;
    private readonly SplatTiles _tiles;
    private readonly SplatLight? _light;
    private readonly SplatNormalView? _normals;
    private readonly Images _images;
    private readonly int _view;
    private readonly ParallelOptions _parallel;

    /// <summary>Renders a view into its images.</summary>
    public SplatView(Gaussians gaussians, Camera camera, Vector3 background, Shading shading, Images images, int view, ParallelOptions parallel)
    {
        (_gaussians, _images, _view, _parallel) = (gaussians, images, view, parallel);
        _camera = new SplatCamera(camera, images.Height, images.Width);
        _projected = new ProjectedSplats(gaussians.Count);
        _light = shading.IsPlain ? null : new SplatLight(gaussians, shading, camera.Position);
        Parallel.For(0, gaussians.Count, parallel, i =>
        {
            SplatProjection.Forward(gaussians, i, _camera, images.Height, images.Width, _projected);
            if (_projected.IsSeen(i))
                _light?.Forward(i, Row(i));
        });
        _tiles = new SplatTiles(_projected, images.Height, images.Width, parallel);
        Parallel.For(0, _tiles.Columns * _tiles.Rows, parallel, tile => SplatRasteriser.Forward(_projected, _tiles, tile, background, images, view));
        if (images.Normals is not null)
            _normals = new SplatNormalView(gaussians, _projected, _tiles, camera.Position, images, view, parallel);
    }

    /// <summary>Adds the gradient of the parameters, and to each Gaussian the length of the gradient of its centre in the image.</summary>
    public void Backward(ImageGradients gradients, float[] pull, int[] seen)
    {
        var instances = new float[ProjectedSplats.Width * _tiles.Instances];
        Parallel.For(0, _tiles.Columns * _tiles.Rows, _parallel,
            tile => SplatRasteriser.Backward(_projected, _tiles, tile, _images, _view, gradients, instances));
        if (gradients.Normals is { } normals)
            _normals!.Backward(normals, instances);
        Parallel.For(0, _gaussians.Count, _parallel, i =>
        {
            Span<float> row = stackalloc float[ProjectedSplats.Width];
            row.Clear();
            var (first, end) = (_tiles.FirstInstance[i], _tiles.FirstInstance[i + 1]);
            if (first == end)
                return;

            for (var instance = first; instance < end; instance++)
                for (var k = 0; k < row.Length; k++)
                    row[k] += instances[ProjectedSplats.Width * instance + k];

            pull[i] += MathF.Sqrt(row[ProjectedSplats.X] * row[ProjectedSplats.X] + row[ProjectedSplats.Y] * row[ProjectedSplats.Y]) * _images.Height;
            seen[i]++;
            _light?.Backward(i, Row(i), row);
            SplatProjection.Backward(_gaussians, i, _camera, _projected, row);
        });
    }

    private Span<float> Row(int i) => _projected.Values.AsSpan(ProjectedSplats.Width * i, ProjectedSplats.Width);
}
