namespace DreamTime.Golden;

/// <summary>How far a tensor of the port is from the reference's.</summary>
/// <param name="Name">The tensor's name in its file.</param>
/// <param name="Error">The largest absolute difference; NaN where one side has a NaN.</param>
/// <param name="Tolerance">The largest difference that is allowed, atol.</param>
/// <param name="Remark">What else there is to say.</param>
internal readonly record struct Comparison(string Name, double Error, double Tolerance, string Remark = "")
{
    // Not `Error > Tolerance`, which lets NaN pass.
    public bool IsWithin => Error <= Tolerance;

    public double Ratio => Error == 0 ? 0 : Error / Tolerance;
}
