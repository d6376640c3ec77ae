namespace DreamTime.Diffusion;

/// <summary>What a model folder holds of one part.</summary>
/// <param name="Name">Its name, such as <c>unet</c>.</param>
/// <param name="Class">The class that the model's index gives it; null where the index lacks the part.</param>
/// <param name="IsUsed">Whether a prior is made of it; a <c>safety_checker</c>, for one, is not used.</param>
/// <param name="Description">What its configuration says, in a few words; empty where it could not be read.</param>
/// <param name="Parameters">Numbers in its weights.</param>
/// <param name="Stored">The element types they are stored in.</param>
/// <param name="FileBytes">Bytes of its weights on the disk.</param>
/// <param name="Problems">What keeps it from being loaded.</param>
public sealed record PriorPart(
    string Name, string? Class, bool IsUsed, string Description, long Parameters, IReadOnlyList<SafetensorsDtype> Stored, long FileBytes,
    IReadOnlyList<string> Problems)
{
    /// <summary>Bytes that its weights take when they are loaded, as float32.</summary>
    public long MemoryBytes => IsUsed ? Parameters * sizeof(float) : 0;
}
