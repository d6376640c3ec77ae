using System.Numerics;

namespace DreamTime.Renderers.Cuda;

/// <summary>
/// Views of Gaussians on a device: what was projected, which tiles it reaches, and what it takes to go back. An element is a Gaussian in a view, an instance an element
/// in a tile. All views are worked on at once; buffers grow and are kept.
/// </summary>
internal sealed class CudaSplatViews(IKernelDevice device) : IDisposable
{
    private const int KeyBits = 32, MostPixels = 1 << 16;

    private readonly DeviceArray<float> _color = new(device), _opacity = new(device), _depth = new(device);
    private readonly DeviceArray<float> _normals = new(device), _normalRows = new(device), _normalSums = new(device);
    private readonly DeviceArray<int> _counts = new(device), _starts = new(device);
    private readonly CudaScan _scan = new(device);
    private int _views, _height, _width;
    private bool _hasNormals, _hasNormalSums;

    public DeviceArray<float> Views { get; } = new(device);

    /// <summary>For each element what the rasteriser reads, [elements, <see cref="SplatKernels.RowNumbers"/>].</summary>
    public DeviceArray<float> Rows { get; } = new(device);

    /// <summary>How many tiles each element reaches.</summary>
    public DeviceArray<int> Covered { get; } = new(device);

    /// <summary>Each element's first instance.</summary>
    public DeviceArray<int> First { get; } = new(device);

    /// <summary>Elements by their depth.</summary>
    public CudaSort ByDepth { get; } = new(device);

    /// <summary>Instances by their tile, nearest first.</summary>
    public CudaSort ByTile { get; } = new(device);

    /// <summary>The element of each instance.</summary>
    public DeviceArray<int> ElementOf { get; } = new(device);

    /// <summary>Where each tile's instances begin, and at the end how many there are.</summary>
    public DeviceArray<int> TileStarts { get; } = new(device);

    /// <summary>What each instance has of the gradient, [instances, <see cref="SplatKernels.RowNumbers"/>].</summary>
    public DeviceArray<float> Sums { get; } = new(device);

    /// <summary>The images' places: its own memory, or what <see cref="Begin"/> was given.</summary>
    public DevicePlanes Planes { get; private set; }

    public int Elements { get; private set; }

    public int Instances { get; private set; }

    /// <summary>Tiles of a view.</summary>
    public int Tiles => Columns * ((_height + SplatTiles.Side - 1) / SplatTiles.Side);

    private int Columns => (_width + SplatTiles.Side - 1) / SplatTiles.Side;

    /// <param name="count">Gaussians.</param>
    /// <param name="cameras">One for each view.</param>
    /// <param name="height">Rows of each view.</param>
    /// <param name="width">Columns of each view.</param>
    /// <param name="settings">Background, light, and whether normals are wanted.</param>
    /// <param name="into">Where the images go; null for memory of its own.</param>
    public void Begin(int count, IReadOnlyList<Camera> cameras, int height, int width, RenderSettings settings, DevicePlanes? into)
    {
        // A row holds its first and last pixel in 16 bits each.
        ArgumentOutOfRangeException.ThrowIfGreaterThan(height, MostPixels);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(width, MostPixels);
        (_views, _height, _width) = (cameras.Count, height, width);
        Elements = checked(count * cameras.Count);
        (_hasNormals, _hasNormalSums) = (settings.Normals, false);
        Views.Upload([.. Enumerable.Range(0, cameras.Count).SelectMany(view =>
            Numbers(cameras[view], height, width, settings.BackgroundOf(view, cameras.Count), settings.ShadingOf(view, cameras.Count)))]);
        Planes = into ?? Own();
        Rows.Reserve((long)SplatKernels.RowNumbers * Elements);
        Covered.Reserve(Elements);
        First.Reserve(Elements);
        _counts.Reserve(Elements);
        ByDepth.Reserve(Elements);
    }

    public void Render(CudaGaussians gaussians)
    {
        Project(gaussians);
        Order();
        Place(gaussians);
        Raster();
        if (_hasNormals)
            RasterNormals(gaussians);
    }

    public void Project(CudaGaussians gaussians) => device.Launch(
        SplatKernels.Project, SplatKernels.Project.BlocksFor(Elements),
        gaussians.Groups[0].Values, gaussians.Groups[1].Values, gaussians.Groups[2].Values, gaussians.Groups[3].Values, gaussians.Groups[4].Values,
        gaussians.Groups[5].Values, gaussians.Functions, gaussians.Count, Views, Elements, _height, _width, Rows, ByDepth.Keys, ByDepth.Values, Covered);

    /// <summary>Sorts the elements by depth, and counts their instances.</summary>
    public void Order()
    {
        ByDepth.Sort(Elements, KeyBits);
        device.Launch(SplatKernels.Covered, SplatKernels.Covered.BlocksFor(Elements), ByDepth.Values, Covered, Elements, _counts);
        _scan.Run(_counts, Elements, _starts);
        var total = _scan.Total(_starts, Elements);
        Instances = total >= 0 ? total : throw new InvalidOperationException($"{Elements} Gaussians in views reach more than {int.MaxValue} tiles.");
    }

    /// <summary>Numbers the instances, and sorts them by tile: those of a tile stay in order of depth.</summary>
    public void Place(CudaGaussians gaussians)
    {
        ByTile.Reserve(Instances);
        ElementOf.Reserve(ByTile.Keys.Length);
        TileStarts.Reserve(_views * Tiles + 1);
        device.Launch(
            SplatKernels.Instances, SplatKernels.Instances.BlocksFor(Elements),
            ByDepth.Values, Covered, _starts, Elements, Rows, gaussians.Count, Columns, Tiles, First, ByTile.Keys, ByTile.Values, ElementOf);
        ByTile.Sort(Instances, int.Log2(Math.Max(1, _views * Tiles - 1)) + 1);
        device.Launch(SplatKernels.Starts, SplatKernels.Starts.BlocksFor(_views * Tiles + 1), ByTile.Keys, Instances, _views * Tiles, TileStarts);
    }

    public void Raster() => Raster(Rows, background: true, Planes);

    /// <summary>Gives each instance its share of the gradient.</summary>
    public void RasterBackward(DevicePlanes gradients) => RasterBackward(Rows, Planes, gradients, Sums);

    /// <summary>The same of the normals' gradient, [views, 3, height, width] on the device.</summary>
    public void RasterNormalsBackward(nint gradient)
    {
        RasterBackward(_normalRows, new(_normals.Address, 0, 0), new(gradient, 0, 0), _normalSums);
        _hasNormalSums = true;
    }

    /// <summary>Adds the gradient of the parameters, and to each Gaussian the length of the gradient of its centre in the images.</summary>
    public void ProjectBackward(CudaGaussians gaussians) => device.Launch(
        SplatKernels.ProjectBackward, SplatKernels.ProjectBackward.BlocksFor(gaussians.Count),
        gaussians.Groups[0].Values, gaussians.Groups[1].Values, gaussians.Groups[2].Values, gaussians.Groups[4].Values, gaussians.Groups[5].Values,
        gaussians.Functions, gaussians.Count, Views, _views, _height, Rows, First, Covered, Sums,
        _hasNormalSums ? _normalSums.Address : 0, gaussians.Groups[0].Gradient, gaussians.Groups[1].Gradient, gaussians.Groups[2].Gradient, gaussians.Groups[3].Gradient,
        gaussians.Groups[4].Gradient, gaussians.Groups[5].Gradient, gaussians.Pull, gaussians.Seen);

    public void Download(Images images, int view)
    {
        var pixels = _height * _width;
        device.Download(Planes.Color, images.Color.AsSpan(3 * view * pixels, 3 * _views * pixels));
        device.Download(Planes.Opacity, images.Opacity.AsSpan(view * pixels, _views * pixels));
        device.Download(Planes.Depth, images.Depth.AsSpan(view * pixels, _views * pixels));
        if (images.Normals is { } normals)
            _normals.Download(normals.AsSpan(3 * view * pixels, 3 * _views * pixels));
    }

    public void Dispose()
    {
        foreach (var part in (IDisposable[])[_color, _opacity, _depth, _normals, _normalRows, _normalSums, _counts, _starts, _scan, Views, Rows, Covered, First, ByDepth, ByTile, ElementOf, TileStarts, Sums])
            part.Dispose();
    }

    /// <summary>The Gaussians once more, with their normals for colours and nothing behind them.</summary>
    private void RasterNormals(CudaGaussians gaussians)
    {
        _normals.Reserve(3L * _views * _height * _width);
        _normalRows.Reserve(Rows.Length);
        device.Launch(
            SplatKernels.Normals, SplatKernels.Normals.BlocksFor(Elements),
            gaussians.Groups[0].Values, gaussians.Groups[1].Values, gaussians.Groups[2].Values, gaussians.Count, Views, Elements, Covered, Rows, _normalRows);
        Raster(_normalRows, background: false, new(_normals.Address, 0, 0));
    }

    private void Raster(DeviceArray<float> rows, bool background, DevicePlanes into) => device.Launch(
        SplatKernels.Raster, _views * Tiles,
        TileStarts, ByTile.Values, ElementOf, rows, Views, background ? 1 : 0, Columns, Tiles, _height, _width, into.Color, into.Opacity, into.Depth);

    private void RasterBackward(DeviceArray<float> rows, DevicePlanes images, DevicePlanes gradients, DeviceArray<float> sums)
    {
        sums.Reserve(SplatKernels.RowNumbers * ByTile.Keys.Length);
        device.Launch(
            SplatKernels.RasterBackward, _views * Tiles,
            TileStarts, ByTile.Values, ElementOf, rows, Columns, Tiles, _height, _width,
            images.Color, images.Opacity, images.Depth, gradients.Color, gradients.Opacity, gradients.Depth, sums);
    }

    private DevicePlanes Own()
    {
        var pixels = (long)_views * _height * _width;
        _color.Reserve(3 * pixels);
        _opacity.Reserve(pixels);
        _depth.Reserve(pixels);
        return new(_color.Address, _opacity.Address, _depth.Address);
    }

    private static float[] Numbers(Camera camera, int height, int width, Vector3 background, Shading light)
    {
        var eye = new SplatCamera(camera, height, width);
        float[] numbers =
        [
            eye.Position.X, eye.Position.Y, eye.Position.Z, eye.AxisX.X, eye.AxisX.Y, eye.AxisX.Z, eye.AxisY.X, eye.AxisY.Y, eye.AxisY.Z,
            eye.AxisZ.X, eye.AxisZ.Y, eye.AxisZ.Z, eye.Focal, eye.CentreX, eye.CentreY, background.X, background.Y, background.Z,
            light.Light.X, light.Light.Y, light.Light.Z, light.Ambient, light.Diffuse, light.IsTextureless ? 1 : 0,
        ];
        return numbers.Length == SplatKernels.ViewNumbers ? numbers : throw new InvalidOperationException($"A view has {SplatKernels.ViewNumbers} numbers.");
    }
}
