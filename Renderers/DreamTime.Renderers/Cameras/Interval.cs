namespace DreamTime.Renderers;

/// <summary>The closed interval of numbers between two finite ends; one number where they are equal.</summary>
public readonly record struct Interval
{
    /// <summary>An interval; <paramref name="from"/> is not above <paramref name="to"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An end is not finite, or they are in the wrong order.</exception>
    public Interval(float from, float to)
    {
        if (!float.IsFinite(from))
            throw new ArgumentOutOfRangeException(nameof(from), from, "An interval's ends are finite.");
        if (!(to >= from && float.IsFinite(to)))
            throw new ArgumentOutOfRangeException(nameof(to), to, FormattableString.Invariant($"An interval from {from} ends at a finite number not below that."));

        (From, To) = (from, to);
    }

    /// <summary>The lower end.</summary>
    public float From { get; }

    /// <summary>The upper end.</summary>
    public float To { get; }

    /// <summary>Whether a number lies in the interval; its ends do.</summary>
    public bool Contains(float value) => value >= From && value <= To;

    /// <summary>The number at a fraction 0..1 of the way, never outside the interval.</summary>
    public float At(double fraction) => Math.Clamp((float)(From + (To - (double)From) * fraction), From, To);

    /// <summary>Prints as <c>from..to</c> in the invariant culture.</summary>
    public override string ToString() => FormattableString.Invariant($"{From}..{To}");
}
