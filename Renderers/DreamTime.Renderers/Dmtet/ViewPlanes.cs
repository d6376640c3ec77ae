namespace DreamTime.Renderers;

/// <summary>One view's red, green, blue, opacity, depth and, where there are any, normals, or their gradients, by number and pixel.</summary>
internal readonly struct ViewPlanes
{
    public const int Opacity = 3, Depth = 4, Normals = 5;

    private readonly float[] _color, _opacity, _depth;
    private readonly float[]? _normals;
    private readonly int _view, _pixels;

    /// <param name="color">[views, 3, height, width].</param>
    /// <param name="opacity">[views, height, width].</param>
    /// <param name="depth">[views, height, width].</param>
    /// <param name="normals">[views, 3, height, width], or null.</param>
    /// <param name="view">Which.</param>
    /// <param name="pixels">height times width.</param>
    public ViewPlanes(float[] color, float[] opacity, float[] depth, float[]? normals, int view, int pixels) =>
        (_color, _opacity, _depth, _normals, _view, _pixels) = (color, opacity, depth, normals, view, pixels);

    /// <summary>How many planes there are: 8 with normals, 5 without.</summary>
    public int Channels => _normals is null ? Normals : Normals + 3;

    public ref float this[int channel, int pixel]
    {
        get
        {
            if (channel == Opacity)
                return ref _opacity[_view * _pixels + pixel];
            if (channel == Depth)
                return ref _depth[_view * _pixels + pixel];
            if (channel < Opacity)
                return ref _color[(3 * _view + channel) * _pixels + pixel];
            return ref _normals![(3 * _view + channel - Normals) * _pixels + pixel];
        }
    }

    public static ViewPlanes Of(Images images, int view) => new(images.Color, images.Opacity, images.Depth, images.Normals, view, images.Height * images.Width);
}
