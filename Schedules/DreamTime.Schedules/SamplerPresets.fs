namespace DreamTime.Schedules

/// Noise levels that samplers take one by one; a run of as many steps is the sampler's.
module internal SamplerPresets =

    let private alignYourSteps name model text =
        PresetRow.create name "v1" $"Align Your Steps, ten steps of {model} (Sabour et al. 2024, table 3)" text

    let rows = [
        alignYourSteps
            "ays-sd15"
            "Stable Diffusion 1.5"
            "sigmas [14.615, 6.475, 3.861, 2.697, 1.886, 1.396, 0.963, 0.652, 0.399, 0.152, 0.029]"
        alignYourSteps
            "ays-sdxl"
            "Stable Diffusion XL"
            "sigmas [14.615, 6.315, 3.771, 2.181, 1.342, 0.862, 0.555, 0.38, 0.234, 0.113, 0.029]"
        alignYourSteps
            "ays-if"
            "DeepFloyd-IF's first stage"
            "sigmas [160.41, 8.081, 3.315, 1.885, 1.207, 0.785, 0.553, 0.293, 0.186, 0.03, 0.006]"
        alignYourSteps
            "ays-svd"
            "Stable Video Diffusion, on noise of its own levels"
            "sigmas [700, 54.5, 15.886, 7.977, 4.248, 1.789, 0.981, 0.403, 0.173, 0.034, 0.002]"
    ]
