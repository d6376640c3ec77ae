namespace DreamTime.Renderers;

/// <summary>Points at which a material is asked, and what it is there. Buffers grow and are kept.</summary>
/// <param name="channels">Of the material.</param>
internal sealed class MaterialPoints(int channels)
{
    /// <summary>Their places in the unit cube, and the features there.</summary>
    public Samples Places { get; } = new();

    /// <summary>A plane a channel, 0..1; in the backward pass, its gradients.</summary>
    public float[][] Values { get; } = [.. Enumerable.Repeat(Array.Empty<float>(), channels)];

    /// <summary>The gradients of the places: planes x, y and z, in the unit cube.</summary>
    public float[][] Slopes { get; } = [[], [], []];

    public int Count => Places.Count;

    /// <summary>Makes room for so many points; what was there is lost.</summary>
    public void Allocate(int count, int features)
    {
        Places.Allocate([count], features);
        for (var channel = 0; channel < Values.Length; channel++)
            if (Values[channel].Length < Places.Padded)
                Values[channel] = GC.AllocateUninitializedArray<float>(Places.Density.Length);
    }
}
