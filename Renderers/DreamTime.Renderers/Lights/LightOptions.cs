namespace DreamTime.Renderers;

/// <summary>How the views of a run are lit. The numbers are threestudio's.</summary>
public sealed record LightOptions
{
    /// <summary>Which shadings there are.</summary>
    public ShadingMode Mode { get; init; } = ShadingMode.Albedo;

    /// <summary>The share of the run, 0..1, that comes first and shows the colours as they are: light on a shapeless blob says little.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside that range.</exception>
    public double AlbedoShare { get; init => field = Share(value, nameof(AlbedoShare)); } = 0.2;

    /// <summary>The share of light that comes from everywhere, 0..1; soft shading draws its own.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside that range.</exception>
    public float Ambient { get; init => field = (float)Share(value, nameof(Ambient)); } = 0.1f;

    /// <summary>The share of light that comes from the light, 0..1; soft shading draws its own.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside that range.</exception>
    public float Diffuse { get; init => field = (float)Share(value, nameof(Diffuse)); } = 0.9f;

    /// <summary>Where the lights stand.</summary>
    public LightPlacement Placement { get; init; } = LightPlacement.DreamFusion;

    /// <summary>The lights' distances from the origin, above 0, in metres.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not above 0.</exception>
    public Interval Distance
    {
        get;
        init => field = value.From > 0 ? value : throw new ArgumentOutOfRangeException(nameof(Distance), value, "A light stands at a distance above 0.");
    } = new(0.8f, 1.5f);

    private static double Share(double value, string name) =>
        value is >= 0 and <= 1 ? value : throw new ArgumentOutOfRangeException(name, value, $"{name} is a share: 0..1.");
}
