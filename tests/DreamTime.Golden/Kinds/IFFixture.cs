using DreamTime.Diffusion;
using static TorchSharp.torch;

namespace DreamTime.Golden;

/// <summary>DeepFloyd-IF's first stage: T5, guided DDPM with learned variance and dynamic thresholding under given noise, and its distillation gradient.</summary>
internal sealed class IFFixture : IFixture
{
    public bool Matches(GoldenFile file) =>
        file.Has("in.attention_mask") && file.Has("in.noise.0") && file.Has("in.x") && file.Has("out.x.0") && file.Model.Exists("unet/config.json");

    public IEnumerable<Comparison> Run(GoldenFile file)
    {
        var folder = file.Model;
        var scheduler = SchedulerConfig.Parse(folder.ReadText("scheduler/scheduler_config.json"));
        using var encoder = new T5EncoderModel(T5Config.Parse(folder.ReadText("text_encoder/config.json")));
        ModuleLoader.Load(encoder, folder, folder.WeightsFile("text_encoder"));
        var unet = new UNet2DConditionModel(UNet2DConditionConfig.Parse(folder.ReadText("unet/config.json")));
        ModuleLoader.Load(unet, folder, folder.WeightsFile("unet"));
        using var denoiser = new UNetDenoiser(unet, scheduler.Noise, scheduler.Prediction);

        Tensor texts;
        using (no_grad())
            texts = encoder.call(file["in.input_ids"], file["in.attention_mask"]);
        yield return file.Compare("mid.text", texts);
        var (without, text) = (texts.narrow(0, 0, 1), texts.narrow(0, 1, 1));
        foreach (var comparison in Sampling(file, denoiser, scheduler with { Prediction = PredictionType.Epsilon }, without, text))
            yield return comparison;
        foreach (var comparison in Distillation(file, denoiser, without, text))
            yield return comparison;
    }

    private static IEnumerable<Comparison> Sampling(
        GoldenFile file, UNetDenoiser denoiser, SchedulerConfig config, Tensor without, Tensor text)
    {
        int steps = file.Meta.GetProperty("steps").GetInt32();
        double guidance = file.Meta.GetProperty("guidance_scale").GetDouble();
        var scheduler = new DdpmScheduler(config);
        var visited = scheduler.Timesteps(steps);
        long[] given = [.. file["in.timesteps"].data<long>()];
        if (!given.SequenceEqual(visited.Select(t => t - 1L)))
            throw new InvalidDataException($"The scheduler visits {string.Join(", ", visited.Select(t => t - 1))}, the reference {string.Join(", ", given)}.");
        using var noGradient = no_grad();
        var x = file["in.x"];
        for (int step = 0; step < steps; step++)
        {
            int t = visited[step];
            var point = new SamplingPoint(t, denoiser.Noise.AlphaBar(t));
            var prediction = ClassifierFreeGuidance.PredictNoiseAndVariance(denoiser, x, point, without, text, guidance);
            x = scheduler.Step(prediction, t, steps, x, scheduler.NeedsNoise(t) ? file[$"in.noise.{step}"] : null).Previous;
            yield return file.Compare($"out.x.{step}", x);
        }
    }

    private static IEnumerable<Comparison> Distillation(GoldenFile file, UNetDenoiser denoiser, Tensor without, Tensor text)
    {
        int[] t = [.. file["in.sds.t"].data<long>().Select(index => (int)index + 1)];
        var (image, noise) = (file["in.sds.image"], file["in.sds.noise"]);
        using var codec = new PixelCodec();
        var size = ((int)noise.shape[2], (int)noise.shape[3]);
        using (no_grad())
        {
            Tensor Level(Func<double, double> level) => tensor(t.Select(step => (float)level(denoiser.Noise.AlphaBar(step))).ToArray()).reshape(-1, 1, 1, 1);
            var clean = codec.Encode(nn.functional.interpolate(image, [size.Item1, size.Item2], mode: InterpolationMode.Bilinear, align_corners: false));
            var noisy = Level(Math.Sqrt) * clean + Level(alphaBar => Math.Sqrt(1 - alphaBar)) * noise;
            var (uncond, cond) = ClassifierFreeGuidance.PredictBoth(denoiser, noisy, t, without, text);
            yield return file.Compare("out.sds.eps_uncond", uncond);
            yield return file.Compare("out.sds.eps_cond", cond);
        }
        var options = new GuidanceOptions { Scale = file.Meta.GetProperty("sds_guidance_scale").GetDouble(), Convention = GuidanceConvention.Diffusers };
        var gradient = new ScoreDistillation(denoiser, codec, options, size).Gradient(image, t, new Conditioning(text, without), _ => noise);
        yield return file.Compare("out.sds.grad", gradient.Latent);
        yield return file.Compare("out.sds.grad_image", gradient.Image);
        yield return file.Compare("out.sds.loss", tensor([gradient.Loss()]));
    }
}
