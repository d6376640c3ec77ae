using DreamTime.Diffusion;
using static TorchSharp.torch;

namespace DreamTime.Training;

/// <summary>What one step of training (or one part of a validation) needs: a pure function of (seed, step).</summary>
/// <param name="Images">Display values [count, 3, size, size].</param>
/// <param name="Tokens">Caption ids [count, <see cref="PriorVocabulary.Length"/>].</param>
/// <param name="Timesteps">The paper's t, stratified over 1..T within each share.</param>
/// <param name="Size">Height and width of an image.</param>
/// <param name="Noise">Standard normal numbers, in the latents' shape [count, 12, size / 2, size / 2]; drawn on the CPU wherever the network is, so that a seed means the same everywhere.</param>
public sealed record TrainingBatch(float[] Images, long[] Tokens, int[] Timesteps, int Size, float[] Noise)
{
    private const long NoiseStream = 1L << 40;
    private const int Factor = PriorArchitecture.Unshuffle;

    /// <summary>Renders a batch.</summary>
    /// <param name="tokenizer">Of the captions.</param>
    /// <param name="seed">Names the data set.</param>
    /// <param name="step">Which batch, from 0.</param>
    /// <param name="count">Images.</param>
    /// <param name="shares">Parts that the batch will be split into.</param>
    /// <param name="size">Height and width in pixels.</param>
    /// <param name="timesteps">T.</param>
    /// <param name="workers">Most threads to render with.</param>
    /// <param name="cancellation">Stops between images.</param>
    public static TrainingBatch Make(
        ClipTokenizer tokenizer, long seed, long step, int count, int shares, int size, int timesteps, int workers = 1, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        var batch = CaptionedBatch.Render(seed, step * count, count, size, workers, cancellation);
        var random = new RandomStream(seed ^ NoiseStream, step);
        var each = count / shares;
        var t = new int[count];
        for (var i = 0; i < count; i++)
            t[i] = 1 + Math.Min(timesteps - 1, (int)((i % each + random.Uniform()) / each * timesteps));
        return new(batch.Images, [.. batch.Captions.SelectMany(tokenizer.EncodePadded)], t, size, Normal(seed, step, shares, batch.Images.Length / shares));
    }

    /// <summary>The loss of one share of the batch.</summary>
    public Tensor Loss(VelocityObjective objective, PriorNetwork network, int share, int shares)
    {
        ArgumentNullException.ThrowIfNull(objective);
        using var scope = NewDisposeScope();
        var count = Timesteps.Length / shares;
        var pixels = 3 * Size * Size;
        var images = tensor(Images.AsSpan(share * count * pixels, count * pixels).ToArray(), device: network.Device)
            .reshape(count, 3, Size, Size);
        var tokens = tensor(Tokens.AsSpan(share * count * PriorVocabulary.Length, count * PriorVocabulary.Length).ToArray(), device: network.Device)
            .reshape(count, -1);
        var noise = tensor(Noise.AsSpan(share * count * pixels, count * pixels).ToArray(), device: network.Device)
            .reshape(count, 3 * Factor * Factor, Size / Factor, Size / Factor);
        return objective.Loss(network, images, tokens, Timesteps[(share * count)..((share + 1) * count)], noise)
            .MoveToOuterDisposeScope();
    }

    private static float[] Normal(long seed, long step, int shares, int each)
    {
        var noise = new float[shares * each];
        for (var share = 0; share < shares; share++)
        {
            using var generator = new Generator(unchecked((ulong)(seed * 1_000_003 + step * 4096 + share)), CPU);
            using var drawn = randn([each], generator: generator);
            drawn.data<float>().CopyTo(noise, share * each);
        }
        return noise;
    }
}
