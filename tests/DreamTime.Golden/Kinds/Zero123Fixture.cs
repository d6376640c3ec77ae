using DreamTime.Diffusion;
using static TorchSharp.torch;

namespace DreamTime.Golden;

/// <summary>Zero-1-to-3 from an image and a pose to another view: image encoder, camera projection, guided DDIM, decoder, and its distillation gradient.</summary>
internal sealed class Zero123Fixture : IFixture
{
    private const string Layers = "vision_model.encoder.layers.";

    public bool Matches(GoldenFile file) =>
        file.Has("in.delta_elev_azim_radius") && file.Has("in.image") && file.Has("in.latents") && file.Model.Exists("cc_projection/config.json");

    public IEnumerable<Comparison> Run(GoldenFile file)
    {
        using var model = Zero123.Load(file.Model);
        int layers = model.ImageEncoder.Config.NumHiddenLayers;
        var outputs = new ModuleOutputs(
            model.ImageEncoder, [.. Enumerable.Range(0, layers).Select(layer => $"{Layers}{layer}"), "vision_model", "vision_model.pre_layrnorm"]);
        var image = file["in.image"].requires_grad_();
        var pixels = model.ClipPixels(image);
        var embeds = model.ImageEncoder.call(pixels);
        // Each number counts as often as its place says: so the gradient was found to be that of the reference, which does not say it.
        (embeds * arange(1, embeds.shape[1] + 1, ScalarType.Float32)).sum().backward();
        yield return file.Compare("grad.image_of_sum_embeds", image.grad!);
        yield return file.Compare("mid.clip_pixels", pixels);
        yield return file.Compare("mid.image_embeds", embeds);
        yield return file.Compare("mid.vision_last_hidden_state", outputs["vision_model"]!);
        for (int depth = 0; depth <= layers; depth++)
            if (file.Has($"mid.vision_hidden_states.{depth}"))
                yield return file.Compare(
                    $"mid.vision_hidden_states.{depth}", outputs[depth == 0 ? "vision_model.pre_layrnorm" : $"{Layers}{depth - 1}"]!);

        using var noGradient = no_grad();
        float[] pose = [.. file["in.delta_elev_azim_radius"].data<float>()];
        RelativeView[] views = [.. pose.Chunk(3).Select(row => new RelativeView(row[0], row[1], row[2]))];
        var conditioning = model.Condition(image, views);
        yield return file.Compare("mid.pose", RelativeView.Pose(views));
        yield return file.Compare("mid.cond", conditioning.Embedding);
        yield return file.Compare("mid.image_latents", conditioning.ImageLatents);

        int steps = file.Meta.GetProperty("steps").GetInt32();
        double guidance = file.Meta.GetProperty("guidance_scale").GetDouble();
        var latents = file["in.latents"];
        var scheduler = new DdimScheduler(model.Scheduler);
        var visited = scheduler.Timesteps(steps);
        long[] given = [.. file["in.timesteps"].data<long>()];
        if (!given.SequenceEqual(visited.Select(t => t - 1L)))
            throw new InvalidDataException($"The scheduler visits {string.Join(", ", visited.Select(t => t - 1))}, the reference {string.Join(", ", given)}.");
        for (int step = 0; step < steps; step++)
        {
            int t = visited[step];
            var (without, with) = model.PredictBoth(latents, [.. Enumerable.Repeat(t, (int)latents.shape[0])], conditioning);
            latents = scheduler.Step(ClassifierFreeGuidance.Combine(without, with, guidance), t, steps, latents).Previous;
            yield return file.Compare($"out.latents.{step}", latents);
        }
        yield return file.Compare("out.image", model.Decode(latents));
        foreach (var comparison in Distillation(file, model, conditioning, guidance))
            yield return comparison;
    }

    private static IEnumerable<Comparison> Distillation(GoldenFile file, Zero123 model, ViewConditioning conditioning, double guidance)
    {
        int[] t = [.. file["in.sds.t"].data<long>().Select(index => (int)index + 1)];
        var (latents, noise) = (file["in.sds.latents"], file["in.sds.noise"]);
        Tensor Level(Func<double, double> level) => tensor(t.Select(step => (float)level(model.Noise.AlphaBar(step))).ToArray()).reshape(-1, 1, 1, 1);
        var noisy = Level(Math.Sqrt) * latents + Level(alphaBar => Math.Sqrt(1 - alphaBar)) * noise;
        var (without, with) = model.PredictBoth(noisy, t, conditioning);
        yield return file.Compare("out.sds_eps_uncond", without);
        yield return file.Compare("out.sds_eps_cond", with);
        yield return file.Compare(
            "out.sds_grad", Level(alphaBar => 1 - alphaBar) * (ClassifierFreeGuidance.Combine(without, with, guidance) - noise));
    }
}
