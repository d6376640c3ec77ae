namespace DreamTime;

/// <summary>Where an image shows the object, so that a square of any size is looked at in one step: counts over all rectangles from the top left (Crow 1984).</summary>
internal sealed class Silhouette
{
    private readonly int[] _counts;
    private readonly int _width, _height;

    /// <summary>The silhouette of an image; one that shows nothing says nothing, and counts as shown everywhere.</summary>
    public Silhouette(PosedImage image)
    {
        (_width, _height) = (image.Width, image.Height);
        _counts = new int[(_width + 1) * (_height + 1)];
        var shows = image.Foreground();
        var saysNothing = !shows.Contains(true);
        for (var y = 0; y < _height; y++)
            for (var (x, row) = (0, 0); x < _width; x++)
            {
                row += saysNothing || shows[y * _width + x] ? 1 : 0;
                _counts[(y + 1) * (_width + 1) + x + 1] = _counts[y * (_width + 1) + x + 1] + row;
            }
    }

    /// <summary>Whether a pixel within so many pixels along both axes shows the object.</summary>
    public bool IsNear(float x, float y, float margin)
    {
        var (left, right) = (Math.Clamp((int)(x - margin), 0, _width), Math.Clamp((int)(x + margin) + 1, 0, _width));
        var (top, bottom) = (Math.Clamp((int)(y - margin), 0, _height), Math.Clamp((int)(y + margin) + 1, 0, _height));
        return At(right, bottom) - At(left, bottom) - At(right, top) + At(left, top) > 0;
    }

    private int At(int x, int y) => _counts[y * (_width + 1) + x];
}
