namespace DreamTime;

/// <summary>What representations can do.</summary>
public static class Representations
{
    /// <summary>Whether an NVIDIA GPU renders it.</summary>
    /// <param name="representation">Which one.</param>
    public static bool HasKernels(this Representation representation) => representation is not Representation.Image;

    /// <summary>Whether an NVIDIA GPU renders its normals and light on it.</summary>
    /// <param name="representation">Which one.</param>
    public static bool HasLightKernels(this Representation representation) => representation is Representation.Nerf or Representation.Neus or Representation.Dmtet;
}
