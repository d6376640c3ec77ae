namespace DreamTime.Renderers;

/// <summary>Losses on the surface itself; each is 0 (absent) or the weight of a mean.</summary>
public sealed record DmtetRegularizers
{
    /// <summary>None.</summary>
    public static DmtetRegularizers None { get; } = new();

    /// <summary>mean over the surface's edges of 1 - cos of the normals at both ends (threestudio): no creases.</summary>
    public float NormalConsistency { get; init; }

    /// <summary>mean over the surface's vertices of the distance, in cubes of the lattice, to the middle of their neighbours: no bumps.</summary>
    public float Laplacian { get; init; }

    /// <summary>
    /// mean, over the lattice edges whose ends lie on different sides, of the binary cross-entropies of either end's distance, in cubes, and the other's side
    /// (nvdiffrec): neighbours take sides with each other, so that specks without support vanish.
    /// </summary>
    public float SignConsistency { get; init; }

    /// <summary>Says which weight is out of range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A weight is negative or not finite.</exception>
    public void Validate()
    {
        Require(NormalConsistency, nameof(NormalConsistency));
        Require(Laplacian, nameof(Laplacian));
        Require(SignConsistency, nameof(SignConsistency));
    }

    private static void Require(float weight, string name)
    {
        if (!(weight >= 0 && float.IsFinite(weight)))
            throw new ArgumentOutOfRangeException(name, weight, "A weight is finite and at least 0.");
    }
}
