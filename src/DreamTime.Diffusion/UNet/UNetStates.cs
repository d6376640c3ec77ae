using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>What the way down leaves to the way up.</summary>
/// <param name="Middle">The middle block's output.</param>
/// <param name="Skips">Every intermediate result of the way down, the latest on top.</param>
/// <param name="Time">The embedding of timestep and class.</param>
/// <param name="Text">The text as the attentions read it.</param>
internal readonly record struct UNetStates(Tensor Middle, Stack<Tensor> Skips, Tensor Time, Tensor Text)
{
    /// <summary>Adds a ControlNet's residuals.</summary>
    public UNetStates Plus(ControlNetResiduals residuals)
    {
        if (residuals.Down.Count != Skips.Count)
            throw new ArgumentException(
                $"There are {residuals.Down.Count} residuals for {Skips.Count} skips; the ControlNet belongs to another U-Net.", nameof(residuals));
        var sums = new Stack<Tensor>(Skips.Reverse().Zip(residuals.Down, (skip, residual) => skip.Plus(residual)));
        foreach (var skip in Skips)
            skip.Dispose();
        return this with { Middle = Middle.Plus(residuals.Middle), Skips = sums };
    }
}
