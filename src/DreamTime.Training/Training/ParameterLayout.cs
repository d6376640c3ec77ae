using static TorchSharp.torch;

namespace DreamTime.Training;

/// <summary>Where each parameter lies in a flat array that holds them all.</summary>
public sealed class ParameterLayout
{
    private readonly int[] offsets;

    /// <summary>Lays parameters out one after another.</summary>
    /// <param name="parameters">Their names and shapes.</param>
    public ParameterLayout(IReadOnlyList<(string Name, long[] Shape)> parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        Parameters = parameters;
        offsets = new int[parameters.Count + 1];
        for (var i = 0; i < parameters.Count; i++)
            offsets[i + 1] = offsets[i] + (int)parameters[i].Shape.Aggregate(1L, (product, size) => product * size);
    }

    /// <summary>Names and shapes.</summary>
    public IReadOnlyList<(string Name, long[] Shape)> Parameters { get; }

    /// <summary>Numbers in all.</summary>
    public int Length => offsets[^1];

    /// <summary>Whether weight decay applies: to matrices and kernels, not to biases and normalisations.</summary>
    public bool Decays(int parameter) => Parameters[parameter].Shape.Length > 1;

    /// <summary>A parameter's part of a flat array.</summary>
    public Span<float> Slice(int parameter, float[] values) => values.AsSpan(offsets[parameter], offsets[parameter + 1] - offsets[parameter]);

    /// <summary>The flat array as tensors, owned by the caller.</summary>
    public Dictionary<string, Tensor> ToTensors(float[] values)
    {
        Dictionary<string, Tensor> tensors = [];
        for (var i = 0; i < Parameters.Count; i++)
            tensors.Add(Parameters[i].Name, tensor(Slice(i, values).ToArray()).reshape(Parameters[i].Shape));
        return tensors;
    }
}
