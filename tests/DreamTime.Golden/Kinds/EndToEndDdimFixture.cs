using DreamTime.Diffusion;
using TorchSharp;
using static TorchSharp.torch;

namespace DreamTime.Golden;

/// <summary>From two prompts to an image: text encoder, guided U-Net, DDIM, decoder, with the latents after every step.</summary>
internal sealed class EndToEndDdimFixture : IFixture
{
    public bool Matches(GoldenFile file) =>
        file.Has("in.latents") && file.Has("in.timesteps") && file.Has("out.latents.0") && file.Has("out.image") && file.Has("mid.prompt_embeds_cond");

    public IEnumerable<Comparison> Run(GoldenFile file)
    {
        using var model = new StableDiffusion(file);
        using var noGradient = no_grad();
        var prior = model.Prior;
        int steps = file.Meta.GetProperty("steps").GetInt32();
        var scheduler = new DdimScheduler(prior.Scheduler);
        var visited = scheduler.Timesteps(steps);
        yield return file.Compare("mid.prompt_embeds_cond", model.Text);
        yield return file.Compare("mid.prompt_embeds_uncond", model.Negative);

        var latents = file["in.latents"];
        long[] given = [.. file["in.timesteps"].data<long>()];
        if (!given.SequenceEqual(visited.Select(t => t - 1L)))
            throw new InvalidDataException($"The scheduler visits {string.Join(", ", visited.Select(t => t - 1))}, the reference {string.Join(", ", given)}.");
        for (int step = 0; step < steps; step++)
        {
            int t = visited[step];
            int[] rows = [.. Enumerable.Repeat(t, (int)latents.shape[0])];
            var eps = ClassifierFreeGuidance.PredictNoise(prior.Denoiser, latents, rows, model.Negative, model.Text, model.GuidanceScale);
            latents = scheduler.Step(eps, t, steps, latents).Previous;
            yield return file.Compare($"out.latents.{step}", latents);
        }
        yield return file.Compare("out.image", prior.Codec.Decode(latents).clamp(0, 1).permute(0, 2, 3, 1));
    }
}
