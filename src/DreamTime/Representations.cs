namespace DreamTime;

/// <summary>What representations can do.</summary>
public static class Representations
{
    /// <summary>Whether an NVIDIA GPU renders it, with normals and light where the CPU does.</summary>
    /// <param name="representation">Which one.</param>
    public static bool HasKernels(this Representation representation) => representation is not Representation.Image;
}
