namespace DreamTime.Renderers;

/// <summary>One kind of parameter of all Gaussians, [count, width], with its gradient and Adam's moments.</summary>
internal sealed class SplatGroup(string name, int width, int count)
{
    public string Name => name;

    public int Width => width;

    public float[] Values { get; private set; } = new float[width * count];

    public float[] Gradient { get; private set; } = new float[width * count];

    public float[] Mean { get; private set; } = new float[width * count];

    public float[] Square { get; private set; } = new float[width * count];

    public IEnumerable<float[]> Arrays => [Values, Gradient, Mean, Square];

    /// <summary>Rows by their old places; from <paramref name="copiesFrom"/> on they are copies, whose gradient and moments are 0.</summary>
    public void Select(ReadOnlySpan<int> rows, int copiesFrom)
    {
        (Values, Gradient, Mean, Square) =
            (Pick(Values, rows, rows.Length), Pick(Gradient, rows, copiesFrom), Pick(Mean, rows, copiesFrom), Pick(Square, rows, copiesFrom));
    }

    /// <summary>Takes other rows.</summary>
    public void Replace(float[] values, float[] gradient, float[] mean, float[] square) =>
        (Values, Gradient, Mean, Square) = (values, gradient, mean, square);

    private float[] Pick(float[] source, ReadOnlySpan<int> rows, int copied)
    {
        var picked = new float[width * rows.Length];
        for (var i = 0; i < copied; i++)
            source.AsSpan(width * rows[i], width).CopyTo(picked.AsSpan(width * i, width));
        return picked;
    }
}
