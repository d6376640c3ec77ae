using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>The latest tensors that were pushed, which outlive the dispose scope they came from.</summary>
internal sealed class TensorHistory(int length) : IDisposable
{
    private readonly LinkedList<Tensor> tensors = [];

    public int Count => tensors.Count;

    /// <summary>The tensor pushed <paramref name="age"/> pushes before the latest.</summary>
    public Tensor this[int age] => tensors.ElementAt(age);

    public void Push(Tensor tensor)
    {
        tensors.AddFirst(tensor.detach().DetachFromDisposeScope());
        if (tensors.Count > length)
        {
            tensors.Last!.Value.Dispose();
            tensors.RemoveLast();
        }
    }

    public void Dispose()
    {
        foreach (var tensor in tensors)
            tensor.Dispose();
        tensors.Clear();
    }
}
