namespace DreamTime.Golden;

/// <summary>A kind of golden file: how to recognise one, and how the port computes what it holds.</summary>
internal interface IFixture
{
    /// <summary>Whether this kind computes the file, judged by its name and content, never by its folder's name.</summary>
    bool Matches(GoldenFile file);

    /// <summary>The tensors that a run should compare; what it leaves out counts as not supported.</summary>
    IEnumerable<string> Expected(GoldenFile file) => file.Names.Where(name => !name.StartsWith("in.", StringComparison.Ordinal));

    /// <summary>Computes and compares. Tensors belong to a dispose scope that the caller holds.</summary>
    IEnumerable<Comparison> Run(GoldenFile file);
}
