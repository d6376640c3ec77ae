using DreamTime.Diffusion;
using TorchSharp;
using static TorchSharp.torch;

namespace DreamTime.Golden;

/// <summary>Score distillation from an image through the autoencoder and the guided U-Net, and back to the image, in both conventions of guidance.</summary>
internal sealed class SdsFixture : IFixture
{
    public bool Matches(GoldenFile file) => file.Has("in.enc_size") && file.Has("in.image") && file.Has("in.t") && Conventions(file).Any();

    public IEnumerable<Comparison> Run(GoldenFile file)
    {
        using var model = new StableDiffusion(file);
        var prior = model.Prior;
        var denoiser = ReferenceNoise.Around(prior.Denoiser, file.Model.ReadText("scheduler/scheduler_config.json"));
        int[] timesteps = [.. file["in.t"].data<long>().Select(t => (int)t + 1)];
        long[] size = [.. file["in.enc_size"].data<long>()];
        var (image, noise) = (file["in.image"], file["in.noise"]);
        using (no_grad())
        {
            var latents = prior.Codec.Encode(nn.functional.interpolate(image, size, mode: InterpolationMode.Bilinear, align_corners: false));
            yield return file.Compare("mid.latents", latents);
            Tensor Level(Func<double, double> level) => tensor(timesteps.Select(t => (float)level(denoiser.Noise.AlphaBar(t))).ToArray()).reshape(-1, 1, 1, 1);
            var (signal, sigma) = (Level(Math.Sqrt), Level(alphaBar => Math.Sqrt(1 - alphaBar)));
            var noisy = (signal * latents).Plus(sigma * noise);
            yield return file.Compare("mid.latents_noisy", noisy);
            var (without, with) = ClassifierFreeGuidance.PredictBoth(denoiser, noisy, timesteps, model.Negative, model.Text);
            yield return file.Compare("mid.eps_uncond", without);
            yield return file.Compare("mid.eps_cond", with);
            // eps = signal v + sigma x_t, solved for what the network itself said.
            if (file.Has("mid.v_uncond"))
                yield return file.Compare("mid.v_uncond", (without - sigma * noisy) / signal);
            if (file.Has("mid.v_cond"))
                yield return file.Compare("mid.v_cond", (with - sigma * noisy) / signal);
        }

        foreach (string name in Conventions(file))
        {
            var options = new GuidanceOptions { Scale = model.GuidanceScale, Convention = Enum.Parse<GuidanceConvention>(name, ignoreCase: true) };
            var distillation = new ScoreDistillation(denoiser, prior.Codec, options, ((int)size[0], (int)size[1]));
            var gradient = distillation.Gradient(image, timesteps, new Conditioning(model.Text, model.Negative), _ => noise);
            yield return file.Compare($"out.{name}.grad_latents", gradient.Latent);
            yield return file.Compare($"out.{name}.grad_image", gradient.Image);
            yield return file.Compare($"out.{name}.loss", tensor([gradient.Loss()]));
        }
    }

    private static IEnumerable<string> Conventions(GoldenFile file) => file.Between("out.", ".grad_image");
}
