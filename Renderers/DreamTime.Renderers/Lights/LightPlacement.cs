namespace DreamTime.Renderers;

/// <summary>Where the light of a view is drawn.</summary>
public enum LightPlacement
{
    /// <summary>Anywhere around the camera: the direction of the camera's place and a normal draw in each coordinate (Poole et al. 2022, DreamFusion).</summary>
    DreamFusion,

    /// <summary>Over the camera's shoulder: at most 60 degrees from the way to the camera, evenly around it (Lin et al. 2023, Magic3D, as threestudio has it).</summary>
    Magic3D,
}
