namespace DreamTime.Renderers.Cuda;

/// <summary>Views of a surface on a device: what each pixel shows, its material, and the smooth silhouettes; and the way back.</summary>
internal sealed class CudaSurfaceViews : IDisposable
{
    private const int ViewNumbers = 16, Margin = 1;

    private readonly IKernelDevice _device;
    private readonly CudaScan _scan;
    private readonly CudaSamples _points;
    private readonly DeviceArray<double> _views, _shape;
    private readonly DeviceArray<ulong> _nearest;
    private readonly DeviceArray<int> _triangleAt, _covered, _coveredStarts, _list, _ends;
    private readonly DeviceArray<float> _backgrounds, _depthAt, _shareA, _shareB, _planes, _given, _byDepth, _slopes, _color, _opacity, _depth, _normals, _lights, _normalPulls, _placePulls;
    private int _viewCount, _height, _width, _channels;

    public CudaSurfaceViews(IKernelDevice device, int features)
    {
        _device = device;
        (_scan, _points) = (new CudaScan(device), new CudaSamples(device, features));
        (_views, _shape, _nearest) = (new(device), new(device), new(device));
        (_triangleAt, _covered, _coveredStarts, _list, _ends) = (new(device), new(device), new(device), new(device), new(device));
        (_backgrounds, _depthAt, _shareA, _shareB, _planes, _given) = (new(device), new(device), new(device), new(device), new(device), new(device));
        (_byDepth, _slopes, _color, _opacity, _depth) = (new(device), new(device), new(device), new(device), new(device));
        (_normals, _lights, _normalPulls, _placePulls) = (new(device), new(device), new(device), new(device));
    }

    /// <summary>Pixels of the last render that show the surface, those of the margin included.</summary>
    public int Covered => _points.Count;

    /// <summary>Whether what the last render's pixels show depends on normals.</summary>
    public bool UsesNormals { get; private set; }

    /// <summary>[views, 3, height, width], where the settings asked for them.</summary>
    public DeviceArray<float> Normals => _normals;

    private int Items => _viewCount * _height * _width;

    private int Inner => _viewCount * (_height - 2 * Margin) * (_width - 2 * Margin);

    /// <summary>Renders.</summary>
    /// <param name="surface">As it is now.</param>
    /// <param name="field">Its material; prepared.</param>
    /// <param name="cameras">One for each view.</param>
    /// <param name="height">Rows of each view.</param>
    /// <param name="width">Columns of each view.</param>
    /// <param name="settings">Background, light, normals.</param>
    /// <param name="into">Where the images go; null for memory of its own.</param>
    /// <returns>Where they are.</returns>
    public DevicePlanes Render(
        CudaSurface surface, CudaField field, IReadOnlyList<Camera> cameras, int height, int width, RenderSettings settings, DevicePlanes? into)
    {
        Begin(cameras, height, width, settings);
        Find(surface);
        _points.Reserve(_scan.Total(_coveredStarts, Items));
        if (_points.Count > 0)
        {
            _list.Reserve(_points.Count);
            _device.Launch(DmtetKernels.List, DmtetKernels.List.BlocksFor(Items), _covered, _coveredStarts, Items, _list);
            _device.Launch(
                DmtetKernels.Place, DmtetKernels.Place.BlocksFor(_points.Count),
                _list, _points.Count, _triangleAt, _shareA, _shareB, surface.Triangles, surface.Positions, UnitPerWorld(surface), _points.X, _points.Y, _points.Z);
            field.Evaluate(_points);
            _device.Launch(
                DmtetKernels.Fill, DmtetKernels.Fill.BlocksFor(_points.Count),
                _list, _points.Count, _height * _width, _triangleAt, _shareA, _shareB, surface.Triangles, surface.Positions, _views,
                UsesNormals ? surface.NormalSums().Address : 0, _lights, _points.Density, _points.Red, _points.Green, _channels, _planes);
        }

        return Smooth(surface, into ?? Own());
    }

    /// <summary>Adds to the gradients of the surface's positions and normals and of the material.</summary>
    public void Backward(CudaSurface surface, CudaField field, DevicePlanes gradients, nint normals = 0)
    {
        var sums = UsesNormals ? surface.NormalSums().Address : 0;
        _device.Launch(
            DmtetKernels.PullSilhouettes, DmtetKernels.PullSilhouettes.BlocksFor(Inner),
            _planes, _ends, _shape, _given, _views, _viewCount, _height, _width, _channels, surface.Positions,
            gradients.Color, gradients.Opacity, gradients.Depth, normals, surface.PositionGradient);
        if (_points.Count == 0)
            return;

        _byDepth.Reserve(_points.Stride);
        _normalPulls.Reserve(sums != 0 ? 3L * _points.Stride : 1);
        _placePulls.Reserve(sums != 0 ? 3L * _points.Stride : 1);
        _device.Launch(
            DmtetKernels.Gather, DmtetKernels.Gather.BlocksFor(_points.Count),
            _list, _points.Count, _height, _width, _ends, _shape, _given, gradients.Color, gradients.Depth, normals,
            _triangleAt, _shareA, _shareB, surface.Triangles, surface.Positions, sums, _lights, _points.Stride,
            _points.Density, _points.Red, _points.Green, _points.Blue, _byDepth, _normalPulls, _placePulls, surface.NormalGradient);
        field.Backward(_points);
        field.Slopes(_points, _slopes);
        _device.Launch(
            DmtetKernels.PullPoints, DmtetKernels.PullPoints.BlocksFor(_points.Count),
            _list, _points.Count, _height * _width, _triangleAt, _shareA, _shareB, surface.Triangles, surface.Positions, _views, _slopes, _points.Stride,
            UnitPerWorld(surface), _byDepth, sums, _normalPulls, _placePulls, surface.PositionGradient);
    }

    public void Dispose()
    {
        foreach (var part in (IDisposable[])[
            _scan, _points, _views, _shape, _nearest, _triangleAt, _covered, _coveredStarts, _list, _ends, _backgrounds, _depthAt, _shareA, _shareB, _planes, _given,
            _byDepth, _slopes, _color, _opacity, _depth, _normals, _lights, _normalPulls, _placePulls])
            part.Dispose();
    }

    private static float UnitPerWorld(CudaSurface surface) => 0.5f / surface.Grid.Radius;

    private void Begin(IReadOnlyList<Camera> cameras, int height, int width, RenderSettings settings)
    {
        (_viewCount, _height, _width) = (cameras.Count, height + 2 * Margin, width + 2 * Margin);
        (_channels, UsesNormals) = (settings.Normals ? 8 : 5, settings.Normals || settings.IsLit);
        _ = checked(10 * _viewCount * _height * _width);
        _views.Upload([.. cameras.SelectMany(camera => Numbers(camera, height, width))]);
        _backgrounds.Upload([.. Enumerable.Range(0, cameras.Count).Select(view => settings.BackgroundOf(view, cameras.Count)).SelectMany(c => (float[])[c.X, c.Y, c.Z])]);
        _lights.Upload([.. Enumerable.Range(0, cameras.Count).Select(view => settings.ShadingOf(view, cameras.Count)).SelectMany(CudaRays.Numbers)]);
        _normals.Reserve(settings.Normals ? 3L * Inner : 1);
        _nearest.Reserve(Items);
        foreach (var plane in (DeviceArray<float>[])[_depthAt, _shareA, _shareB, _given])
            plane.Reserve(Items);
        _planes.Reserve((long)_channels * Items);
        _triangleAt.Reserve(Items);
        _covered.Reserve(Items);
        _ends.Reserve(4L * Items);
        _shape.Reserve(4L * Items);
    }

    /// <summary>What the pixels show, and which of them show the surface.</summary>
    private void Find(CudaSurface surface)
    {
        _device.Fill(_nearest.Address, 0xFF, Items * (long)sizeof(ulong));
        if (surface.TriangleCount > 0)
            _device.Launch(
                DmtetKernels.Draw, DmtetKernels.Draw.BlocksFor((long)surface.TriangleCount * _viewCount),
                surface.Triangles, surface.Positions, surface.TriangleCount, _views, _viewCount, _height, _width, _nearest);
        _device.Launch(
            DmtetKernels.Resolve, DmtetKernels.Resolve.BlocksFor(Items),
            _nearest, surface.Triangles, surface.Positions, _views, _backgrounds, _viewCount, _height, _width, _channels, _triangleAt, _depthAt, _shareA, _shareB, _covered, _planes);
        _scan.Run(_covered, Items, _coveredStarts);
    }

    private DevicePlanes Smooth(CudaSurface surface, DevicePlanes into)
    {
        _device.Launch(
            DmtetKernels.FindSilhouettes, DmtetKernels.FindSilhouettes.BlocksFor(2L * Items),
            _triangleAt, _depthAt, surface.Triangles, surface.Positions, surface.AroundStarts, surface.Around, _views, _viewCount, _height, _width, _ends, _shape);
        _device.Launch(
            DmtetKernels.Smooth, DmtetKernels.Smooth.BlocksFor(Inner),
            _planes, _ends, _shape, _viewCount, _height, _width, _channels, _given, into.Color, into.Opacity, into.Depth, _normals);
        return into;
    }

    private DevicePlanes Own()
    {
        _color.Reserve(3L * Inner);
        _opacity.Reserve(Inner);
        _depth.Reserve(Inner);
        return new(_color.Address, _opacity.Address, _depth.Address);
    }

    /// <summary>What a kernel needs to know to project as <see cref="PixelProjection"/> does.</summary>
    private static double[] Numbers(Camera camera, int height, int width)
    {
        var focalY = height / (2 * Math.Tan(double.DegreesToRadians(camera.FovYDegrees) / 2));
        double[] numbers =
        [
            camera.Position.X, camera.Position.Y, camera.Position.Z, -camera.Back.X, -camera.Back.Y, -camera.Back.Z,
            camera.Right.X, camera.Right.Y, camera.Right.Z, -camera.Up.X, -camera.Up.Y, -camera.Up.Z,
            focalY / camera.PixelAspect, focalY,
            Margin + width / 2.0 + height * (double)camera.PrincipalOffset.X, Margin + height / 2.0 + height * (double)camera.PrincipalOffset.Y,
        ];
        return numbers.Length == ViewNumbers ? numbers : throw new InvalidOperationException("A view has 16 numbers.");
    }
}
