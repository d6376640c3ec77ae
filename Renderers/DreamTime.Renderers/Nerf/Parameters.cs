namespace DreamTime.Renderers;

/// <summary>Numbers that are learned, their gradient, and Adam's two moments of it.</summary>
internal sealed class Parameters(int count)
{
    public float[] Values { get; } = new float[count];

    public float[] Gradient { get; } = new float[count];

    public float[] Mean { get; } = new float[count];

    public float[] Square { get; } = new float[count];

    /// <summary>All four, in the order of the state's file.</summary>
    public IReadOnlyList<float[]> Arrays => [Values, Gradient, Mean, Square];

    /// <summary>One step of Adam; the gradient is 0 afterwards.</summary>
    public void Step(int step, float learningRate, ParallelOptions parallel) => Adam.Step(Values, Gradient, Mean, Square, step, learningRate, parallel);
}
