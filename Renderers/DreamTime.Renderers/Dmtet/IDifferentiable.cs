namespace DreamTime.Renderers;

/// <summary>What a formula needs of its numbers, so that it is written once: for values alone, in either precision, and for values with their slopes.</summary>
internal interface IDifferentiable<T> where T : struct, IDifferentiable<T>
{
    static abstract implicit operator T(float constant);

    static abstract T operator +(T a, T b);

    static abstract T operator -(T a, T b);

    static abstract T operator *(T a, T b);

    static abstract T operator /(T a, T b);

    static abstract T Exp(T a);

    static abstract T Log(T a);

    static abstract T Sqrt(T a);

    /// <summary>The larger one; where equal, the first.</summary>
    static abstract T Max(T a, T b);

    /// <summary>The smaller one; where equal, the first.</summary>
    static abstract T Min(T a, T b);
}
