namespace DreamTime.Renderers;

/// <summary>How a surface is taken out of a density field.</summary>
public sealed record MarchingCubesOptions
{
    /// <summary>Cubes along each axis, 2..1024. Memory grows with its cube: 6 bytes a grid point, 100 MiB at 256.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside 2..1024.</exception>
    public int Resolution
    {
        get;
        init => field = value is >= 2 and <= 1024
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Resolution), value, "A resolution lies in 2..1024 cubes along an axis.");
    } = 128;

    /// <summary>The density of the surface, per metre, above 0; null takes the one that the field defines, or else the one whose silhouettes agree best with what it renders.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Not above 0, or not finite.</exception>
    public float? Threshold
    {
        get;
        init => field = value is null || (value > 0 && float.IsFinite(value.Value))
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Threshold), value, "A density threshold is finite and above 0.");
    }

    /// <summary>Separate pieces with less than this share (0..1) of the largest piece's area are floaters, and removed; 0 keeps them all.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside 0..1.</exception>
    public float FloaterShare
    {
        get;
        init => field = value is >= 0 and <= 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(FloaterShare), value, "A share lies in 0..1.");
    } = 0.02f;

    /// <summary>Whether the inside of the object, which no view shows and no view has trained, is taken as it is; otherwise it is solid.</summary>
    public bool KeepCavities { get; init; }
}
