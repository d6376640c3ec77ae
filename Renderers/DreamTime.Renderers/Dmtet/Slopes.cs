using System.Runtime.Intrinsics;

namespace DreamTime.Renderers;

/// <summary>A number and its derivatives by up to 16 others: forward differentiation, in one register or two.</summary>
internal readonly record struct Slopes(float Value, Vector512<float> By) : IDifferentiable<Slopes>
{
    /// <summary>The number that one of the derivatives is taken by.</summary>
    public static Slopes Variable(float value, int index) => new(value, Vector512<float>.Zero.WithElement(index, 1));

    public static implicit operator Slopes(float constant) => new(constant, Vector512<float>.Zero);

    public static Slopes operator +(Slopes a, Slopes b) => new(a.Value + b.Value, a.By + b.By);

    public static Slopes operator -(Slopes a, Slopes b) => new(a.Value - b.Value, a.By - b.By);

    public static Slopes operator *(Slopes a, Slopes b) => new(a.Value * b.Value, a.By * b.Value + b.By * a.Value);

    public static Slopes operator /(Slopes a, Slopes b) => new(a.Value / b.Value, (a.By - b.By * (a.Value / b.Value)) / b.Value);

    public static Slopes Exp(Slopes a) => MathF.Exp(a.Value) is var value ? new(value, a.By * value) : default;

    public static Slopes Log(Slopes a) => new(MathF.Log(a.Value), a.By / a.Value);

    public static Slopes Sqrt(Slopes a) => MathF.Sqrt(a.Value) is var value ? new(value, a.By / (2 * value)) : default;

    public static Slopes Max(Slopes a, Slopes b) => a.Value >= b.Value ? a : b;

    public static Slopes Min(Slopes a, Slopes b) => a.Value <= b.Value ? a : b;
}
