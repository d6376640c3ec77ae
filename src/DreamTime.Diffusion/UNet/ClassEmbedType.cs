namespace DreamTime.Diffusion;

/// <summary>What the class labels of a U-Net are, and how they become a vector as wide as the time embedding.</summary>
public enum ClassEmbedType
{
    /// <summary>There are none.</summary>
    None,

    /// <summary>Indices [b], looked up.</summary>
    Table,

    /// <summary>Numbers [b], embedded as timesteps are.</summary>
    Timestep,

    /// <summary>Vectors [b, time], taken as they are.</summary>
    Identity,

    /// <summary>Vectors [b, n], through a perceptron of two layers.</summary>
    Projection,

    /// <summary>Vectors [b, n], through a linear layer.</summary>
    SimpleProjection,
}
