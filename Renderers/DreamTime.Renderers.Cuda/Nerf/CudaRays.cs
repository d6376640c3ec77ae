namespace DreamTime.Renderers.Cuda;

/// <summary>The rays of a render on a device: cameras, backgrounds and the images they fill.</summary>
internal sealed class CudaRays(IKernelDevice device) : IDisposable
{
    private const int CameraNumbers = 16;

    private readonly DeviceArray<float> _color = new(device), _opacity = new(device), _depth = new(device);

    public DeviceArray<float> Cameras { get; } = new(device);

    public DeviceArray<float> Backgrounds { get; } = new(device);

    /// <summary>The images' places: its own memory, or what <see cref="Begin"/> was given.</summary>
    public DevicePlanes Planes { get; private set; }

    /// <summary>[views][6]: place, ambient and diffuse share, 1 for white instead of the albedo.</summary>
    public DeviceArray<float> Lights { get; } = new(device);

    /// <summary>[views][3][pixels], where they are wanted.</summary>
    public DeviceArray<float> Normals { get; } = new(device);

    /// <summary>Whether normals are wanted.</summary>
    public bool HasNormals { get; private set; }

    /// <summary>Whether a view is lit.</summary>
    public bool IsLit { get; private set; }

    /// <summary>How many of its samples each ray used.</summary>
    public DeviceArray<int> Used { get; } = new(device);

    /// <summary>Counts the rays with an opacity above one half.</summary>
    public DeviceArray<int> Solid { get; } = new(device, 1);

    /// <summary>Counts the rays that see anything.</summary>
    public DeviceArray<int> Seen { get; } = new(device, 1);

    public int Count { get; private set; }

    /// <summary>Pixels of a view.</summary>
    public int Pixels { get; private set; }

    public int Width { get; private set; }

    /// <param name="cameras">One for each view.</param>
    /// <param name="height">Rows of each view.</param>
    /// <param name="width">Columns of each view.</param>
    /// <param name="settings">Background.</param>
    /// <param name="into">Where the images go; null for memory of its own.</param>
    public void Begin(IReadOnlyList<Camera> cameras, int height, int width, RenderSettings settings, DevicePlanes? into)
    {
        (Count, Pixels, Width) = (checked(cameras.Count * height * width), height * width, width);
        Cameras.Upload(cameras.SelectMany(camera => Numbers(camera, height, width)).ToArray());
        Backgrounds.Upload(Enumerable.Range(0, cameras.Count).Select(view => settings.BackgroundOf(view, cameras.Count)).SelectMany(c => (float[])[c.X, c.Y, c.Z]).ToArray());
        Planes = into ?? Own();
        (HasNormals, IsLit) = (settings.Normals, settings.IsLit);
        Lights.Upload(Enumerable.Range(0, cameras.Count).Select(view => settings.ShadingOf(view, cameras.Count)).SelectMany(Numbers).ToArray());
        if (HasNormals)
            Normals.Reserve(3L * Count);
        Used.Reserve(Count);
        Solid.Clear();
        Seen.Clear();
    }

    public void Download(Images images)
    {
        device.Download<float>(Planes.Color, images.Color);
        device.Download<float>(Planes.Opacity, images.Opacity);
        device.Download<float>(Planes.Depth, images.Depth);
        if (images.Normals is { } normals)
            Normals.Download(normals);
    }

    public void Dispose()
    {
        foreach (var array in (IDisposable[])[Cameras, Backgrounds, _color, _opacity, _depth, Used, Solid, Seen, Lights, Normals])
            array.Dispose();
    }

    private DevicePlanes Own()
    {
        _color.Reserve(3L * Count);
        _opacity.Reserve(Count);
        _depth.Reserve(Count);
        return new(_color.Address, _opacity.Address, _depth.Address);
    }

    /// <summary>What a kernel needs to know of a light.</summary>
    public static float[] Numbers(Shading shading) =>
        [shading.Light.X, shading.Light.Y, shading.Light.Z, shading.Ambient, shading.Diffuse, shading.IsTextureless ? 1 : 0];

    /// <summary>What a kernel needs to know to shoot the rays of <see cref="Camera.RayDirection"/>.</summary>
    private static float[] Numbers(Camera camera, int height, int width)
    {
        var tangent = 2 * MathF.Tan(float.DegreesToRadians(camera.FovYDegrees) / 2) / height;
        float[] numbers =
        [
            camera.Position.X, camera.Position.Y, camera.Position.Z, camera.Right.X, camera.Right.Y, camera.Right.Z,
            camera.Up.X, camera.Up.Y, camera.Up.Z, camera.Back.X, camera.Back.Y, camera.Back.Z,
            width / 2f + height * camera.PrincipalOffset.X, height / 2f + height * camera.PrincipalOffset.Y, tangent * camera.PixelAspect, tangent,
        ];
        return numbers.Length == CameraNumbers ? numbers : throw new InvalidOperationException("A camera has 16 numbers.");
    }
}
