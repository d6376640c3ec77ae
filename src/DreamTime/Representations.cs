namespace DreamTime;

/// <summary>What representations can do.</summary>
public static class Representations
{
    /// <summary>Whether an NVIDIA GPU renders it.</summary>
    /// <param name="representation">Which one.</param>
    public static bool HasKernels(this Representation representation) => representation is not Representation.Image;
}
