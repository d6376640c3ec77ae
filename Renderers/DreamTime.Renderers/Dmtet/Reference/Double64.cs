namespace DreamTime.Renderers;

/// <summary>A double alone: for the definition that the others are compared with.</summary>
internal readonly record struct Double64(double Value) : IDifferentiable<Double64>
{
    public static implicit operator Double64(float constant) => new(constant);

    public static Double64 operator +(Double64 a, Double64 b) => new(a.Value + b.Value);

    public static Double64 operator -(Double64 a, Double64 b) => new(a.Value - b.Value);

    public static Double64 operator *(Double64 a, Double64 b) => new(a.Value * b.Value);

    public static Double64 operator /(Double64 a, Double64 b) => new(a.Value / b.Value);

    public static Double64 Exp(Double64 a) => new(Math.Exp(a.Value));

    public static Double64 Log(Double64 a) => new(Math.Log(a.Value));

    public static Double64 Sqrt(Double64 a) => new(Math.Sqrt(a.Value));

    public static Double64 Max(Double64 a, Double64 b) => a.Value >= b.Value ? a : b;

    public static Double64 Min(Double64 a, Double64 b) => a.Value <= b.Value ? a : b;
}
