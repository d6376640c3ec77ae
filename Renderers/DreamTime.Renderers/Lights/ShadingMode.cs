namespace DreamTime.Renderers;

/// <summary>Which shadings the views of a run are drawn from.</summary>
public enum ShadingMode
{
    /// <summary>The colours as they are.</summary>
    Albedo,

    /// <summary>The colours under a light.</summary>
    Diffuse,

    /// <summary>White under a light.</summary>
    Textureless,

    /// <summary>A quarter of the steps as they are, three eighths white and three eighths coloured under a light (Poole et al. 2022, shares of threestudio).</summary>
    Mixed,

    /// <summary>Under a light whose share is drawn for each step from 0 to 1, the rest coming from everywhere (threestudio's soft shading).</summary>
    Soft,
}
