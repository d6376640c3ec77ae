namespace DreamTime.Diffusion;

/// <summary>From a folder to a <see cref="Zero123"/>. Configurations are read and judged before any weight is.</summary>
internal static class Zero123Loader
{
    private const int PoseWidth = 4;

    public static Zero123 Load(ModelFolder folder)
    {
        NativeLibtorch.Load();
        var scheduler = SchedulerConfig.Parse(folder.ReadText("scheduler/scheduler_config.json"));
        if (TerminalNoise.IsPure(scheduler.Noise))
            throw new NotSupportedException(
                $"{folder.Name}: scheduler/scheduler_config.json: rescale_betas_zero_snr is not supported for models that turn images; none is known that has it.");
        var vision = CLIPVisionConfig.Parse(folder.ReadText("image_encoder/config.json"));
        var unetConfig = UNet2DConditionConfig.Parse(folder.ReadText("unet/config.json"));
        var vae = AutoencoderKLConfig.Parse(folder.ReadText("vae/config.json"));
        var projection = Initialization.LeftOut(() => CCProjection.Parse(folder.ReadText("cc_projection/config.json")));
        Require(vision.ProjectionDim + PoseWidth == projection.InWidth,
            $"cc_projection takes {projection.InWidth} numbers, and image_encoder gives {vision.ProjectionDim}, beside {PoseWidth} of the pose");
        Require(projection.OutWidth == unetConfig.TextWidth,
            $"cc_projection gives {projection.OutWidth} numbers, and the U-Net's cross-attention takes {unetConfig.TextWidth}");
        Require(unetConfig.InChannels == 2 * vae.LatentChannels && unetConfig.OutChannels == vae.LatentChannels,
            $"the U-Net takes {unetConfig.InChannels} channels and gives {unetConfig.OutChannels}, and latents have {vae.LatentChannels}: it should take twice as many and give as many");
        Require(vision.NumChannels == 3, $"image_encoder takes {vision.NumChannels} channels, and images have 3");

        var model = Initialization.LeftOut(() => new Zero123(
            new CLIPVisionModelWithProjection(vision), projection, new UNet2DConditionModel(unetConfig), new AutoencoderKL(vae), scheduler));
        try
        {
            foreach (var (part, module) in model.Parts)
                ModuleLoader.Load(module, folder, folder.WeightsFile(part));
            return model;
        }
        catch
        {
            model.Dispose();
            throw;
        }

        void Require(bool holds, string problem)
        {
            if (!holds)
                throw new InvalidDataException($"{folder.Name}: {problem}.");
        }
    }
}
