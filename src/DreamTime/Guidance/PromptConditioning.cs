using DreamTime.Diffusion;
using DreamTime.Renderers;
using static TorchSharp.torch;

namespace DreamTime;

/// <summary>A prompt as the prior reads it, from every side: each wording is encoded once and kept for the run.</summary>
public sealed class PromptConditioning : IDisposable
{
    private readonly Dictionary<string, Tensor> _text;
    private readonly Tensor _unconditional;
    private readonly Func<View, string> _wording;

    /// <summary>Encodes the prompt, with each view word where views matter, and the empty prompt.</summary>
    /// <param name="prior">What reads it.</param>
    /// <param name="prompt">What is to be seen.</param>
    /// <param name="viewDependent">Whether the wording depends on where the camera stands.</param>
    public PromptConditioning(Prior prior, string prompt, bool viewDependent)
    {
        ArgumentNullException.ThrowIfNull(prior);
        ArgumentNullException.ThrowIfNull(prompt);
        _wording = viewDependent ? view => ViewWord.Describe(prompt, view) : _ => prompt;
        var wordings = viewDependent ? ViewWord.All.Select(word => ViewWord.Describe(prompt, word)) : [prompt];
        using var inference = no_grad();
        _text = wordings.ToDictionary(wording => wording, wording => prior.EncodePrompt(wording).DetachFromDisposeScope());
        _unconditional = prior.EncodePrompt("").DetachFromDisposeScope();
    }

    /// <summary>What the prior is told about these views.</summary>
    /// <returns>Tensors of the caller's dispose scope.</returns>
    public Conditioning For(IReadOnlyList<View> views)
    {
        ArgumentNullException.ThrowIfNull(views);
        return new Conditioning(cat([.. views.Select(view => _text[_wording(view)])]), _unconditional);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var text in _text.Values)
            text.Dispose();
        _unconditional.Dispose();
    }
}
