namespace DreamTime.Renderers;

/// <summary>A renderer of samples along rays, which can be kept from fog and floaters.</summary>
public interface IRegularizedRays
{
    /// <summary>Added to the loss in every backward pass; set before the render, may change from step to step.</summary>
    NerfRegularizers Regularizers { get; set; }
}
