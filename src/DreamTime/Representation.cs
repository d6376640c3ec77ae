namespace DreamTime;

/// <summary>What is optimised.</summary>
public enum Representation
{
    /// <summary>A neural radiance field: hash grid and small network, rendered by emission and absorption.</summary>
    Nerf,

    /// <summary>A signed distance in a hash grid and a small network (NeuS): its surface is where the distance is 0.</summary>
    Neus,

    /// <summary>A signed distance on a tetrahedral grid, rendered and exported as its triangles (DMTet), with a material around them.</summary>
    Dmtet,

    /// <summary>3D Gaussians, which grow and are pruned as they learn; a mesh comes from their density, and files of the Gaussians themselves beside it.</summary>
    Splats,

    /// <summary>The paper's experiment in two dimensions: the parameters are the pixels of an image, the renderer is the identity. It has no mesh.</summary>
    Image,
}
