namespace DreamTime.Renderers;

/// <summary>A float alone.</summary>
internal readonly record struct Single32(float Value) : IDifferentiable<Single32>
{
    public static implicit operator Single32(float constant) => new(constant);

    public static Single32 operator +(Single32 a, Single32 b) => new(a.Value + b.Value);

    public static Single32 operator -(Single32 a, Single32 b) => new(a.Value - b.Value);

    public static Single32 operator *(Single32 a, Single32 b) => new(a.Value * b.Value);

    public static Single32 operator /(Single32 a, Single32 b) => new(a.Value / b.Value);

    public static Single32 Exp(Single32 a) => new(MathF.Exp(a.Value));

    public static Single32 Log(Single32 a) => new(MathF.Log(a.Value));

    public static Single32 Sqrt(Single32 a) => new(MathF.Sqrt(a.Value));

    public static Single32 Max(Single32 a, Single32 b) => a.Value >= b.Value ? a : b;

    public static Single32 Min(Single32 a, Single32 b) => a.Value <= b.Value ? a : b;
}
