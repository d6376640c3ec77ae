using System.Globalization;
using System.Runtime.InteropServices;
using DreamTime.Diffusion;
using static TorchSharp.torch;

namespace DreamTime.Training;

/// <summary>Everything that a resumed run needs, and its file.</summary>
internal sealed class TrainingState
{
    private const string FileName = "checkpoint.safetensors";

    public TrainingState(ParameterLayout layout, TrainingOptions options)
    {
        Weights = new float[layout.Length];
        Average = new float[layout.Length];
        Optimizer = new AdamW(layout, 0.9f, 0.99f, (float)options.WeightDecay);
    }

    /// <summary>The parameters.</summary>
    public float[] Weights { get; }

    /// <summary>Their moving average: what is exported.</summary>
    public float[] Average { get; }

    public AdamW Optimizer { get; }

    /// <summary>Batches seen: the next one's number.</summary>
    public long Step { get; set; }

    /// <summary>Time spent.</summary>
    public double Seconds { get; set; }

    public static string PathIn(string folder) => Path.Combine(folder, FileName);

    public void Save(string folder)
    {
        using var scope = NewDisposeScope();
        var tensors = Arrays().ToDictionary(pair => pair.Name, pair => tensor(pair.Values));
        Safetensors.Write(PathIn(folder), tensors, SafetensorsDtype.F32, new Dictionary<string, string>
        {
            ["step"] = Step.ToString(CultureInfo.InvariantCulture),
            ["optimizer_steps"] = Optimizer.Steps.ToString(CultureInfo.InvariantCulture),
            ["seconds"] = Seconds.ToString("R", CultureInfo.InvariantCulture),
        });
    }

    /// <summary>Reads a checkpoint into this state.</summary>
    /// <exception cref="InvalidDataException">It belongs to a network of other sizes, or is broken.</exception>
    public void Load(string folder)
    {
        var path = PathIn(folder);
        var file = Safetensors.Read(path);
        foreach (var (name, values) in Arrays())
        {
            if (!file.TryGetValue(name, out var entry) || entry.Bytes.Length != values.Length * sizeof(float))
                throw new InvalidDataException($"{path} should hold {values.Length} numbers named {name}: it is a checkpoint of another network.");
            MemoryMarshal.Cast<byte, float>(entry.Bytes).CopyTo(values);
        }
        Step = long.Parse(Text("step"), CultureInfo.InvariantCulture);
        Optimizer.Steps = long.Parse(Text("optimizer_steps"), CultureInfo.InvariantCulture);
        Seconds = double.Parse(Text("seconds"), CultureInfo.InvariantCulture);

        string Text(string key) => file.Metadata.TryGetValue(key, out var text) ? text : throw new InvalidDataException($"{path} has no {key} in its metadata.");
    }

    private IEnumerable<(string Name, float[] Values)> Arrays() =>
    [
        ("weights", Weights), ("average", Average), ("first_moment", Optimizer.FirstMoment), ("second_moment", Optimizer.SecondMoment),
    ];
}
