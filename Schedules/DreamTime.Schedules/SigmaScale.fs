namespace DreamTime.Schedules

open System

/// The noise levels of a model as a scale that is read both ways, straight between timesteps in log sigma, as k-diffusion does.
module internal SigmaScale =

    /// The level at which a scale stands still where sigma is 0 or infinite.
    let private bounded (sigma: float) =
        Math.Clamp(sigma, Double.Epsilon, Double.MaxValue)

    /// log sigma at `t = 1..T`, never falling.
    let ofNoise (noise: NoiseSchedule) =
        Array.init noise.Timesteps (fun k -> log (bounded (noise.Sigma((k + 1) * 1<timestep>))))

    /// The real t in 1..T at which log sigma has a value; the nearest end where it has it nowhere.
    let timestepOf (scale: float[]) (logSigma: float) =
        let last = scale.Length - 1

        if logSigma <= scale[0] then
            1.0
        elif logSigma >= scale[last] then
            float (last + 1)
        else
            let found = Array.BinarySearch(scale, logSigma)

            if found >= 0 then
                float (found + 1)
            else
                let above = ~~~found
                float above + (logSigma - scale[above - 1]) / (scale[above] - scale[above - 1])
