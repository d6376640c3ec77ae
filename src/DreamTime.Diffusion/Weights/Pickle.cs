namespace DreamTime.Diffusion;

/// <summary>PyTorch's pickled checkpoints, which are recognised only to be refused.</summary>
internal static class Pickle
{
    /// <summary>The file extensions that pickled checkpoints go by.</summary>
    public static readonly IReadOnlyList<string> Extensions = [".bin", ".ckpt", ".pt", ".pth", ".pkl"];

    public static bool HasExtension(string path) => Extensions.Contains(Path.GetExtension(path), StringComparer.OrdinalIgnoreCase);

    /// <summary>Why such a file is not read, and what to do about it.</summary>
    public static string Refusal(string file) =>
        $"{file} is a Python pickle. Reading one can run any code it holds, so only safetensors files are read. "
        + "Convert it in Python, if you trust it: "
        + "safetensors.torch.save_file(torch.load(path, weights_only=True), 'diffusion_pytorch_model.safetensors'); "
        + "or, in diffusers, pipeline.save_pretrained(folder, safe_serialization=True).";

    /// <summary>Why a whole model in one such file, a <c>.ckpt</c>, is not read, and what to do about it.</summary>
    public static string RefusalOfModel(string file) =>
        $"{file} is a Python pickle. Reading one can run any code it holds, so only safetensors files are read. If you trust it: {Splitting(file)}";

    /// <summary>How one file that holds a whole model becomes a folder.</summary>
    public static string Splitting(string file) =>
        $"In Python, diffusers.StableDiffusionPipeline.from_single_file('{file}').save_pretrained('folder', safe_serialization=True) makes such a folder of a checkpoint.";
}
