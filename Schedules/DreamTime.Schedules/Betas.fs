namespace DreamTime.Schedules

open System

/// The variance schedules `beta_1 .. beta_T` that diffusion models are trained with; element `k` holds `beta_(k+1)`.
module internal Betas =

    let private interpolate first last count =
        Array.init count (fun k ->
            if count = 1 then
                first
            else
                first + (last - first) * float k / float (count - 1))

    /// DDPM: beta grows linearly.
    let linear betaStart betaEnd timesteps = interpolate betaStart betaEnd timesteps

    /// Stable Diffusion's "scaled_linear": the square root of beta grows linearly.
    let scaledLinear betaStart betaEnd timesteps =
        interpolate (sqrt betaStart) (sqrt betaEnd) timesteps |> Array.map (fun b -> b * b)

    /// "squaredcos_cap_v2" (Nichol and Dhariwal 2021, eq. 17): abar follows a squared cosine, beta is at most 0.999.
    let squaredCosine timesteps =
        let alphaBar u =
            let c = cos ((u + 0.008) / 1.008 * Math.PI / 2.0)
            c * c

        Array.init timesteps (fun k ->
            let u = float k / float timesteps
            let v = float (k + 1) / float timesteps
            min (1.0 - alphaBar v / alphaBar u) 0.999)

    /// `abar_t = prod over s <= t of (1 - beta_s)`.
    let toAlphaBars (betas: float[]) =
        Array.scan (fun product beta -> product * (1.0 - beta)) 1.0 betas |> Array.tail

    /// "sigmoid" (diffusers): beta follows a logistic curve over -6..6.
    let sigmoid betaStart betaEnd timesteps =
        interpolate -6.0 6.0 timesteps
        |> Array.map (fun x -> betaStart + (betaEnd - betaStart) / (1.0 + exp -x))

    /// Shifts and scales sqrt(abar) so that the last one is 0 and the first one stays (Lin et al. 2023, alg. 1).
    /// The two must differ.
    let rescaleToZeroTerminalSnr (alphaBars: float[]) =
        let first = sqrt alphaBars[0]
        let last = sqrt alphaBars[alphaBars.Length - 1]

        alphaBars
        |> Array.map (fun alphaBar ->
            let root = (sqrt alphaBar - last) * first / (first - last)
            root * root)
