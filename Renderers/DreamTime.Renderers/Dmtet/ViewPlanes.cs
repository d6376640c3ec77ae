namespace DreamTime.Renderers;

/// <summary>One view's red, green, blue, opacity and depth, or their gradients, by number and pixel.</summary>
/// <param name="color">[views, 3, height, width].</param>
/// <param name="opacity">[views, height, width].</param>
/// <param name="depth">[views, height, width].</param>
/// <param name="view">Which.</param>
/// <param name="pixels">height times width.</param>
internal readonly struct ViewPlanes(float[] color, float[] opacity, float[] depth, int view, int pixels)
{
    public const int Opacity = 3, Depth = 4;

    public ref float this[int channel, int pixel]
    {
        get
        {
            if (channel == Opacity)
                return ref opacity[view * pixels + pixel];
            if (channel == Depth)
                return ref depth[view * pixels + pixel];
            return ref color[(3 * view + channel) * pixels + pixel];
        }
    }

    public static ViewPlanes Of(Images images, int view) => new(images.Color, images.Opacity, images.Depth, view, images.Height * images.Width);
}
