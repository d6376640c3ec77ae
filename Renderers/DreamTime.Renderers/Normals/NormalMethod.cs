namespace DreamTime.Renderers;

/// <summary>How a field's slope, and with it the normal of its surfaces, is found.</summary>
public enum NormalMethod
{
    /// <summary>The slope itself, through the grid's interpolation and the network's weights.</summary>
    Analytic,

    /// <summary>Differences to three more samples, a little further along x, y and z: smoother than the grid's cells, at the price of three evaluations.</summary>
    FiniteDifference,
}
