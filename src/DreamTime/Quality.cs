namespace DreamTime;

/// <summary>How much time a run may take. Each is a set of defaults of <see cref="TextTo3DOptions"/>, which every single option overrides.</summary>
public enum Quality
{
    /// <summary>A first impression: under a minute on two cores with the embedded prior.</summary>
    Draft,

    /// <summary>The default: under three minutes on two cores with the embedded prior.</summary>
    Normal,

    /// <summary>More steps and a finer mesh, for when time does not matter.</summary>
    Fine,
}
