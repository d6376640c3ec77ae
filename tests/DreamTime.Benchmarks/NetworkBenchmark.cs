using System.Diagnostics;
using DreamTime.Diffusion;
using TorchSharp;
using static TorchSharp.torch;

namespace DreamTime.Benchmarks;

/// <summary>
/// The networks of Stable Diffusion 1.5 in their real shapes, with random weights, and the embedded prior: seconds, each part's share, and the rate of arithmetic
/// against the machine's own matrix product, both in <see cref="CoreSeconds"/>.
/// </summary>
internal static class NetworkBenchmark
{
    private const string UNet =
        """{"sample_size": 64, "block_out_channels": [320, 640, 1280, 1280], "layers_per_block": 2, "attention_head_dim": 8, "cross_attention_dim": 768}""";

    private const string Text =
        """{"hidden_size": 768, "intermediate_size": 3072, "num_hidden_layers": 12, "num_attention_heads": 12, "hidden_act": "quick_gelu"}""";

    private const string Vae = """
        {"block_out_channels": [128, 256, 512, 512], "layers_per_block": 2,
         "down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D", "DownEncoderBlock2D"],
         "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D", "UpDecoderBlock2D"]}
        """;

    public static void Run(TextWriter output)
    {
        NativeLibtorch.Load();
        using (var prior = Prior.Load(PriorSource.Embedded))
            Embedded(output, prior);
        Section(output, "CLIP text, 1 x 77 tokens", () => new CLIPTextModel(CLIPTextConfig.Parse(Text)), Inference(1, network =>
        {
            var (states, _) = ((CLIPTextModel)network).call(randint(0, 49408, [1, 77], ScalarType.Int64));
            return states;
        }));
        Section(output, "VAE encoder, 1 x 256 x 256, forward and back to the image (layers: forward only)", Autoencoder, network =>
        {
            using var scope = NewDisposeScope();
            ((AutoencoderKL)network).Encode(rand(1, 3, 256, 256).requires_grad_()).Mean.sum().backward();
        });
        Section(output, "U-Net, 2 x 4 x 64 x 64", () => new UNet2DConditionModel(UNet2DConditionConfig.Parse(UNet)), Inference(2, network =>
            ((UNet2DConditionModel)network).call(randn(2, 4, 64, 64), tensor([500L]), randn(2, 77, 768))));
        output.WriteLine(FormattableString.Invariant($"largest resident memory: {Process.GetCurrentProcess().PeakWorkingSet64 / 1e9:F1} GB"));
    }

    private static void Embedded(TextWriter output, Prior prior)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        var text = prior.EncodePrompt("a red mushroom");
        var noisy = randn(4, prior.Codec.Channels, prior.ImageSize / prior.Codec.Factor, prior.ImageSize / prior.Codec.Factor);
        void Call() => ClassifierFreeGuidance.PredictNoise(prior.Denoiser, noisy, [100, 300, 500, 700], text, text, 7.5).Dispose();
        Call();
        const int times = 10;
        double began = CoreSeconds.Now;
        for (int i = 0; i < times; i++)
            Call();
        output.WriteLine(FormattableString.Invariant(
            $"embedded prior, guidance on 4 views (a batch of 8): {1e3 * (CoreSeconds.Now - began) / times:F0} core-milliseconds"));
    }

    private static AutoencoderKL Autoencoder()
    {
        var autoencoder = new AutoencoderKL(AutoencoderKLConfig.Parse(Vae));
        foreach (var parameter in autoencoder.parameters())
            parameter.requires_grad_(false);
        return autoencoder;
    }

    private static Action<nn.Module> Inference(int batch, Func<nn.Module, Tensor> call) => network =>
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        if (call(network).shape[0] != batch)
            throw new InvalidOperationException("The network lost rows.");
    };

    private static void Section(TextWriter output, string title, Func<nn.Module> build, Action<nn.Module> call)
    {
        using var network = build();
        network.eval();
        var clock = new LayerClock(network);
        call(network);
        clock.Reset();
        long began = Stopwatch.GetTimestamp();
        double spent = CoreSeconds.Now;
        call(network);
        spent = CoreSeconds.Now - spent;
        double wall = Stopwatch.GetElapsedTime(began).TotalSeconds;
        double rate = ProductRate();
        output.WriteLine(FormattableString.Invariant(
            $"\n{title}: {wall:F1} s, {spent:F2} core-seconds; matrix product {rate:F0} GFLOP a core-second\n"));
        output.WriteLine("| what | core-s | share | GFLOP | GFLOP a core-s | of the matrix product |\n|---|---|---|---|---|---|");
        (string Name, double Seconds, double Operations)[] kinds = [.. clock.By((_, kind) => kind).OrderByDescending(kind => kind.Seconds)];
        var parts = clock.By((path, _) => string.Join('.', path.Split('.').Take(path.Contains("_blocks.", StringComparison.Ordinal) ? 2 : 1)));
        (string Name, double Seconds, double Operations) other = ("all else", spent - kinds.Sum(kind => kind.Seconds), 0);
        foreach (var (name, seconds, operations) in kinds.Append(other).Concat(parts).Where(row => row.Seconds > 0))
        {
            double speed = operations / seconds / 1e9;
            string arithmetic = operations > 0 ? FormattableString.Invariant($"{operations / 1e9:F1} | {speed:F0} | {speed / rate:P0}") : " | | ";
            output.WriteLine(FormattableString.Invariant($"| {name} | {seconds:F3} | {seconds / spent:P0} | {arithmetic} |"));
        }
    }

    /// <summary>GFLOP a core-second of products of two 2048 x 2048 matrices.</summary>
    private static double ProductRate()
    {
        const int side = 2048, times = 5;
        using var scope = NewDisposeScope();
        var (a, b) = (rand(side, side), rand(side, side));
        a.matmul(b).Dispose();
        double began = CoreSeconds.Now;
        for (int i = 0; i < times; i++)
            a.matmul(b).Dispose();
        return 2.0 * side * side * side * times / (CoreSeconds.Now - began) / 1e9;
    }
}
