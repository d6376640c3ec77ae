using DreamTime.Diffusion;
using DreamTime.Renderers;
using static TorchSharp.torch;

namespace DreamTime;

/// <summary>A prompt as the prior reads it, from every side: each wording is encoded once, when it is first needed, and kept for the run.</summary>
public sealed class PromptConditioning : IDisposable
{
    private readonly Dictionary<string, Tensor> _text = [];
    private readonly Prior _prior;
    private readonly Tensor _unconditional;
    private readonly Func<View, string> _wording;

    /// <summary>Encodes the empty prompt; the prompt itself follows with the first views.</summary>
    /// <param name="prior">What reads it; it must outlive this.</param>
    /// <param name="prompt">What is to be seen.</param>
    /// <param name="viewDependent">Whether the wording tells where the camera stands, in the way of the prior's captions.</param>
    public PromptConditioning(Prior prior, string prompt, bool viewDependent)
    {
        ArgumentNullException.ThrowIfNull(prior);
        ArgumentNullException.ThrowIfNull(prompt);
        _prior = prior;
        _wording = (viewDependent, prior.Views?.Captions) switch
        {
            (false, _) => _ => prompt,
            (true, ViewCaptions.Degrees) => view => ViewAngles.Describe(prompt, view),
            _ => view => ViewWord.Describe(prompt, view),
        };
        _unconditional = Encode("");
    }

    /// <summary>What the prior is told about these views.</summary>
    /// <returns>Tensors of the caller's dispose scope.</returns>
    public Conditioning For(IReadOnlyList<View> views)
    {
        ArgumentNullException.ThrowIfNull(views);
        return new Conditioning(cat([.. views.Select(view => Text(_wording(view)))]), _unconditional);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var text in _text.Values)
            text.Dispose();
        _unconditional.Dispose();
    }

    private Tensor Text(string wording)
    {
        if (!_text.TryGetValue(wording, out var text))
            _text.Add(wording, text = Encode(wording));
        return text;
    }

    private Tensor Encode(string wording)
    {
        using var inference = no_grad();
        return _prior.EncodePrompt(wording).DetachFromDisposeScope();
    }
}
