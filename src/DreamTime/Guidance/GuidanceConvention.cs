namespace DreamTime;

/// <summary>What a guidance scale s means. The same number exaggerates the text a little more in the second convention, whose s is the first's s - 1.</summary>
public enum GuidanceConvention
{
    /// <summary>eps_uncond + s (eps_text - eps_uncond): Ho and Salimans', diffusers', and this project's where nothing else is said.</summary>
    Diffusers,

    /// <summary>eps_text + s (eps_text - eps_uncond): threestudio's for SDS.</summary>
    Threestudio,
}
