namespace DreamTime.Renderers.Cuda;

/// <summary>The rays of a render on a device: cameras, backgrounds and the images they fill.</summary>
internal sealed class CudaRays(IKernelDevice device) : IDisposable
{
    private const int CameraNumbers = 16;

    public DeviceArray<float> Cameras { get; } = new(device);

    public DeviceArray<float> Backgrounds { get; } = new(device);

    /// <summary>[views][3][pixels].</summary>
    public DeviceArray<float> Color { get; } = new(device);

    public DeviceArray<float> Opacity { get; } = new(device);

    public DeviceArray<float> Depth { get; } = new(device);

    /// <summary>How many of its samples each ray used.</summary>
    public DeviceArray<int> Used { get; } = new(device);

    /// <summary>Counts the rays with an opacity above one half.</summary>
    public DeviceArray<int> Solid { get; } = new(device, 1);

    public int Count { get; private set; }

    /// <summary>Pixels of a view.</summary>
    public int Pixels { get; private set; }

    public int Width { get; private set; }

    public void Begin(IReadOnlyList<Camera> cameras, int height, int width, RenderSettings settings)
    {
        (Count, Pixels, Width) = (checked(cameras.Count * height * width), height * width, width);
        Cameras.Upload(cameras.SelectMany(camera => Numbers(camera, height, width)).ToArray());
        Backgrounds.Upload(Enumerable.Range(0, cameras.Count).Select(view => settings.BackgroundOf(view, cameras.Count)).SelectMany(c => (float[])[c.X, c.Y, c.Z]).ToArray());
        Color.Reserve(3L * Count);
        Opacity.Reserve(Count);
        Depth.Reserve(Count);
        Used.Reserve(Count);
        Solid.Clear();
    }

    public void Dispose()
    {
        foreach (var array in (IDisposable[])[Cameras, Backgrounds, Color, Opacity, Depth, Used, Solid])
            array.Dispose();
    }

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
