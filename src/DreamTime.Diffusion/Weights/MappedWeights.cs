namespace DreamTime.Diffusion;

/// <summary>The tensors of a model's part, in one safetensors file or in the shards that an index names, mapped into memory.</summary>
internal sealed class MappedWeights : IDisposable
{
    private readonly List<MappedFile> files = [];

    private MappedWeights(string name) => Name = name;

    /// <summary>Folder and file, for messages.</summary>
    public string Name { get; }

    /// <summary>The tensors; they can be read until this object is disposed.</summary>
    public SortedDictionary<string, SafetensorsEntry> Entries { get; } = new(StringComparer.Ordinal);

    /// <summary>Bytes on the disk, of all files together.</summary>
    public long FileBytes => files.Sum(file => file.Length);

    /// <summary>Reads and checks the headers.</summary>
    /// <param name="folder">The model folder.</param>
    /// <param name="file">A safetensors file in it, or an index.</param>
    /// <exception cref="FileNotFoundException">A file or a shard is missing.</exception>
    /// <exception cref="InvalidDataException">A file breaks the format, is a pickle, or index and shards disagree.</exception>
    public static MappedWeights Open(ModelFolder folder, string file)
    {
        var weights = new MappedWeights($"{folder.Name}: {file}");
        try
        {
            if (!ShardIndex.HasExtension(file))
                weights.Add(folder, file);
            else
                weights.AddShards(folder, ShardIndex.Read(folder, file));
            return weights;
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <summary>The files that hold the tensors: the one itself, or the index's shards.</summary>
    public static IReadOnlyList<string> FilesOf(ModelFolder folder, string file) =>
        ShardIndex.HasExtension(file) ? ShardIndex.Read(folder, file).Files : [file];

    public void Dispose() => files.ForEach(file => file.Dispose());

    private void AddShards(ModelFolder folder, ShardIndex index)
    {
        string[] absent = [.. index.Files.Where(file => !folder.Exists(file))];
        if (absent.Length > 0)
            throw new FileNotFoundException($"{Name} names shards that are missing: {string.Join(", ", absent)}.", absent[0]);
        foreach (string file in index.Files)
            Add(folder, file);
        index.RequireAgreement(Name, Entries.Keys);
    }

    private void Add(ModelFolder folder, string file)
    {
        string name = $"{folder.Name}: {file}";
        if (Pickle.HasExtension(file))
            throw new InvalidDataException(Pickle.Refusal(name));
        var stream = folder.Open(file);
        SafetensorsHeader header;
        long data;
        try
        {
            header = SafetensorsHeader.Read(stream, stream.Length, name);
            data = stream.Position;
            stream.Position = 0;
        }
        catch
        {
            stream.Dispose();
            throw;
        }
        var mapped = new MappedFile(stream);
        files.Add(mapped);
        foreach (var span in header.Spans)
        {
            var bytes = mapped.Slice(data + span.Begin, (int)(span.End - span.Begin));
            if (!Entries.TryAdd(span.Name, new SafetensorsEntry(span.Name, span.Dtype, span.Shape, bytes)))
                throw new InvalidDataException($"{name} holds {SafetensorsHeader.Show(span.Name)}, which another shard holds too.");
        }
    }
}
