using DreamTime.Diffusion;
using static TorchSharp.torch;

namespace DreamTime.Golden;

/// <summary>Variational score distillation: the adapted U-Net, the particle gradient, the adaptation's loss and all its gradients.</summary>
internal sealed class VsdFixture : IFixture
{
    private const string LossGradient = "grad.loss_lora.";
    private const string Camera = "class_embedding.";

    public bool Matches(GoldenFile file) =>
        file.Has("in.camera") && file.Has("out.vsd_grad") && file.Model.Exists($"{file.Name}/pytorch_lora_weights.safetensors");

    public IEnumerable<Comparison> Run(GoldenFile file)
    {
        var folder = file.Model;
        var scheduler = SchedulerConfig.Parse(folder.ReadText("scheduler/scheduler_config.json"));
        using var unet = new UNet2DConditionModel(UNet2DConditionConfig.Parse(folder.ReadText("unet/config.json")));
        ModuleLoader.Load(unet, folder, folder.WeightsFile("unet"));
        var lora = LoRA.Attach(unet, LoRAFile.Read(Path.Combine(folder.Name, file.Name, "pytorch_lora_weights.safetensors")));
        var camera = new CameraEmbedding(unet.Config.TimeEmbeddingDim, (int)file["in.camera"].shape[1]);
        ModuleLoader.Load(camera, folder, $"{file.Name}/camera_embedding.safetensors");
        using var score = new VariationalScore(unet, lora, camera, scheduler.Noise, scheduler.Prediction);

        // The reference counts timesteps from 0, the paper from 1.
        int[] t = [.. file["in.t"].data<long>().Select(index => (int)index + 1)];
        var (latents, noise) = (file["in.latents"], file["in.noise"]);
        var (text, without) = (file["in.text_cond"], file["in.text_uncond"]);
        var noisy = file["mid.latents_noisy"];
        double guidance = file.Meta.GetProperty("guidance_scale").GetDouble();
        yield return file.Compare("mid.latents_noisy", Noisy(scheduler, latents, noise, t));
        using (no_grad())
        {
            var conditions = new UNetConditions { ClassEmbedding = camera.call(file["in.camera"]) };
            yield return file.Compare("out.lora_scale1", unet.Predict(noisy, file["in.t"], text, conditions));
            lora.Scale = 0;
            yield return file.Compare("out.lora_scale0", unet.Predict(noisy, file["in.t"], text, conditions));
            yield return file.Compare("out.no_class", unet.call(noisy, file["in.t"], text));
            lora.Scale = 1;
            yield return file.Compare("mid.eps_pretrain", score.Pretrained(noisy, t, without, text, guidance));
            yield return file.Compare("mid.eps_lora", score.Adapted(noisy, t, text, file["in.camera"]));
            yield return file.Compare("out.vsd_grad", score.ParticleGradient(latents, noise, t, without, text, file["in.camera"], guidance));
        }
        var loss = score.AdaptationLoss(latents, noise, t, text, file["in.camera"]);
        loss.backward();
        yield return file.Compare("out.loss_lora", loss.reshape(1));
        foreach (var (name, parameter) in lora.StateDict())
            yield return file.Compare(LossGradient + name, parameter.grad!);
        foreach (var (name, parameter) in camera.named_parameters())
            yield return file.Compare(LossGradient + Camera + name, parameter.grad!);
        if (unet.parameters().Any(parameter => parameter.grad is not null))
            throw new InvalidOperationException("The pretrained network got a gradient; only the adaptation should.");
    }

    private static Tensor Noisy(SchedulerConfig scheduler, Tensor latents, Tensor noise, int[] t)
    {
        Tensor Column(Func<double, double> level) =>
            tensor(t.Select(step => (float)level(scheduler.Noise.AlphaBar(step))).ToArray()).reshape(-1, 1, 1, 1);
        return Column(Math.Sqrt) * latents + Column(alphaBar => Math.Sqrt(1 - alphaBar)) * noise;
    }
}
