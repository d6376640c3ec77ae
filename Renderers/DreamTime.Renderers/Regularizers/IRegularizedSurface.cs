namespace DreamTime.Renderers;

/// <summary>A renderer of a surface of triangles, which can be kept from creases, bumps and specks.</summary>
public interface IRegularizedSurface
{
    /// <summary>Added to the loss in every backward pass; may change from step to step.</summary>
    DmtetRegularizers SurfaceRegularizers { get; set; }
}
