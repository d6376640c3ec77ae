namespace DreamTime.Diffusion;

/// <summary>The tensors of a layer's low-rank update.</summary>
internal enum LoRARole
{
    /// <summary>From the layer's input to the rank.</summary>
    Down,

    /// <summary>From the rank to the layer's output.</summary>
    Up,

    /// <summary>Divided by the rank, the factor of the update.</summary>
    Alpha,
}
