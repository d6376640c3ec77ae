using System.Collections.ObjectModel;

namespace DreamTime.Diffusion;

/// <summary>The content of a safetensors file: its tensors by name, and the text it carries beside them.</summary>
public sealed class SafetensorsFile : ReadOnlyDictionary<string, SafetensorsEntry>
{
    internal SafetensorsFile(IDictionary<string, SafetensorsEntry> tensors, IReadOnlyDictionary<string, string> metadata)
        : base(tensors) => Metadata = metadata;

    /// <summary>The strings under <c>__metadata__</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }
}
