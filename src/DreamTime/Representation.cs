namespace DreamTime;

/// <summary>What is optimised.</summary>
public enum Representation
{
    /// <summary>A neural radiance field: hash grid and small network, rendered by emission and absorption.</summary>
    Nerf,

    /// <summary>The paper's experiment in two dimensions: the parameters are the pixels of an image, the renderer is the identity. It has no mesh.</summary>
    Image,
}
