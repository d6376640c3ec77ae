using static TorchSharp.torch;

namespace DreamTime.Diffusion;

/// <summary>From a prompt to the embedding that conditions a denoiser.</summary>
internal interface IPromptEncoder : IDisposable
{
    /// <summary>The embedding [1, tokens, width] of a prompt, in float32 on the CPU.</summary>
    Tensor Encode(string prompt);

    /// <summary>The words, numbers and symbols (emoji among them) of a prompt, without its punctuation.</summary>
    IEnumerable<string> Words(string prompt);
}
