namespace DreamTime.Renderers;

/// <summary>The vectors of eight pixels of a tile that a Gaussian's bounds meet: numbers of two a row.</summary>
internal ref struct SplatSpan
{
    private readonly int _first, _last, _lastRow;
    private int _row, _vector;

    public SplatSpan((int Left, int Right, int Top, int Bottom) bounds, int left, int top)
    {
        _first = bounds.Left < left + 8 ? 0 : 1;
        _last = bounds.Right >= left + 8 ? 1 : 0;
        _lastRow = Math.Min(SplatTiles.Side - 1, bounds.Bottom - top);
        _row = Math.Max(0, bounds.Top - top);
        _vector = _first - 1;
    }

    public readonly int Current => 2 * _row + _vector;

    public readonly SplatSpan GetEnumerator() => this;

    public bool MoveNext()
    {
        if (++_vector > _last)
        {
            _vector = _first;
            _row++;
        }

        return _row <= _lastRow;
    }
}
