namespace DreamTime.Diffusion;

/// <summary>What a model folder holds, what is missing, and how much memory it takes: found from its configurations and the headers of its weights, in a moment.</summary>
/// <param name="Name"><c>embedded</c>, or the folder's path.</param>
/// <param name="Pipeline">The class that the model was saved from, where the index says so.</param>
/// <param name="Does"><c>text to image</c> or <c>image to view</c>.</param>
/// <param name="Parts">The parts that a prior needs, then those that it does not use.</param>
/// <param name="Problems">What keeps the folder from being loaded, each beginning with the part it is about; empty where nothing does.</param>
public sealed record PriorInventory(string Name, string? Pipeline, string Does, IReadOnlyList<PriorPart> Parts, IReadOnlyList<string> Problems)
{
    /// <summary>Bytes of all weights when they are loaded, as float32. The activations of a step come on top.</summary>
    public long MemoryBytes => Parts.Sum(part => part.MemoryBytes);

    /// <summary>Looks into a folder.</summary>
    /// <param name="source">The embedded prior, or a folder.</param>
    /// <param name="everyTensor">
    /// Whether to build each part and hold every tensor against it, as loading does: names, shapes, numbers that are not finite. It takes as long as loading, and its memory.
    /// </param>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">It has no <c>model_index.json</c>.</exception>
    /// <exception cref="InvalidDataException">Its <c>model_index.json</c> is broken.</exception>
    public static PriorInventory Of(PriorSource source, bool everyTensor = false)
    {
        ArgumentNullException.ThrowIfNull(source);
        var folder = source.Open();
        var index = ModelIndex.Read(folder);
        var family = ModelFamily.Of(index.Parts);
        var parts = family.Parts.Keys
            .Append("scheduler")
            .Concat(index.Parts.Keys)
            .Distinct()
            .Select(name => PriorPartReader.Read(folder, index, family, name, everyTensor))
            .ToArray();
        var problems = parts.SelectMany(part => part.Problems.Select(problem => $"{part.Name}: {problem}")).ToList();
        if (problems.Count == 0 && family != ModelFamily.ImageToView)
            problems.AddRange(PriorPartReader.Disagreements(folder));
        return new PriorInventory(source.ToString(), index.Pipeline, family.Does, parts, problems);
    }
}
