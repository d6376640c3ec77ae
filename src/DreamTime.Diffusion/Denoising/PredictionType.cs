namespace DreamTime.Diffusion;

/// <summary>What a diffusion network was trained to predict.</summary>
public enum PredictionType
{
    /// <summary>The noise eps.</summary>
    Epsilon,

    /// <summary>The velocity <c>v = sqrt(abar) eps - sqrt(1 - abar) x_0</c> (Salimans and Ho 2022).</summary>
    Velocity,

    /// <summary>The clean sample x_0.</summary>
    Sample,
}
