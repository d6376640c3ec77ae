using System.Numerics;

namespace DreamTime.Renderers;

/// <summary>The normals of a view: the Gaussians once more, with their normals for colours and nothing behind them.</summary>
internal sealed class SplatNormalView
{
    private readonly Gaussians _gaussians;
    private readonly ProjectedSplats _projected;
    private readonly SplatTiles _tiles;
    private readonly Vector3 _eye;
    private readonly Images _composited;
    private readonly int _view;
    private readonly ParallelOptions _parallel;

    /// <summary>Renders the normals of one view of the images.</summary>
    public SplatNormalView(
        Gaussians gaussians, ProjectedSplats projected, SplatTiles tiles, Vector3 eye, Images images, int view, ParallelOptions parallel)
    {
        (_gaussians, _tiles, _eye, _view, _parallel) = (gaussians, tiles, eye, view, parallel);
        _projected = projected.Copy();
        for (var i = 0; i < gaussians.Count; i++)
            if (_projected.IsSeen(i))
            {
                var (normal, at) = (SplatNormals.Of(gaussians, i, eye), ProjectedSplats.Width * i);
                (_projected.Values[at + ProjectedSplats.Red], _projected.Values[at + ProjectedSplats.Green], _projected.Values[at + ProjectedSplats.Blue]) =
                    (normal.X, normal.Y, normal.Z);
            }

        _composited = new Images(1, images.Height, images.Width);
        Parallel.For(0, tiles.Columns * tiles.Rows, parallel, tile => SplatRasteriser.Forward(_projected, tiles, tile, Vector3.Zero, _composited, 0));
        _composited.Color.CopyTo(images.Normals!, view * _composited.Color.Length);
    }

    /// <summary>Adds the gradient of the rotations, and to the instances' that of their shapes.</summary>
    /// <param name="normals">dL/dnormals of all views.</param>
    /// <param name="instances">[instances, <see cref="ProjectedSplats.Width"/>].</param>
    public void Backward(float[] normals, float[] instances)
    {
        var gradients = new ImageGradients { Color = normals.AsSpan(_view * _composited.Color.Length, _composited.Color.Length).ToArray() };
        var own = new float[instances.Length];
        Parallel.For(0, _tiles.Columns * _tiles.Rows, _parallel, tile => SplatRasteriser.Backward(_projected, _tiles, tile, _composited, 0, gradients, own));
        Parallel.For(0, _gaussians.Count, _parallel, i =>
        {
            var normal = Vector3.Zero;
            for (var instance = _tiles.FirstInstance[i]; instance < _tiles.FirstInstance[i + 1]; instance++)
            {
                var at = ProjectedSplats.Width * instance;
                normal += new Vector3(own[at + ProjectedSplats.Red], own[at + ProjectedSplats.Green], own[at + ProjectedSplats.Blue]);
                for (var k = ProjectedSplats.X; k <= ProjectedSplats.Opacity; k++)
                    instances[at + k] += own[at + k];
            }

            if (normal != Vector3.Zero)
                SplatNormals.Backward(_gaussians, i, _eye, normal);
        });
    }
}
