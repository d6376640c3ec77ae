namespace DreamTime.Schedules

open System
open System.Buffers.Binary
open System.Globalization
open System.IO
open System.Security.Cryptography
open System.Text.Json

/// How much signal a diffusion model leaves at each timestep: the table `abar_1 .. abar_T`.
///
/// `t` is the paper's, `1..T`, and `abar_t = prod over s <= t of (1 - beta_s)`; the network's index (diffusers) is `t - 1`.
/// The table never rises, and each value is in [0, 1]. Double precision throughout.
///
/// A flow-matching model's time is a number in [0, 1]; here it is cut into T cells, and `t` counts them. The cell stands for its
/// midpoint, `Time`, and abar is chosen so that `sqrt((1 - abar) / abar)` is the flow's noise-to-signal ratio.
[<Sealed>]
type NoiseSchedule private (name: string, alphaBars: float[], flow: FlowTimes voption) =

    static let show (value: float) =
        value.ToString("R", CultureInfo.InvariantCulture)

    static let create name (alphaBars: float[]) =
        if alphaBars.Length = 0 || alphaBars.Length > SchedulerConfig.largestTimesteps then
            invalidArg
                (nameof alphaBars)
                $"A noise schedule has 1 to {SchedulerConfig.largestTimesteps} timesteps, found {alphaBars.Length}."

        alphaBars
        |> Array.iteri (fun k alphaBar ->
            if not (alphaBar >= 0.0 && alphaBar <= 1.0) then
                invalidArg
                    (nameof alphaBars)
                    $"abar at t = {k + 1} is {show alphaBar}; every abar must be in 0..1 (betas in 0..1)."

            if k > 0 && alphaBar > alphaBars[k - 1] then
                invalidArg
                    (nameof alphaBars)
                    $"abar rises at t = {k + 1}, from {show alphaBars[k - 1]} to {show alphaBar}; it must fall from t = 1 (clean) to t = T (noise). Is the table reversed?")

        NoiseSchedule(name, Array.copy alphaBars, ValueNone)

    static let createFlow name (flow: FlowTimes) =
        NoiseSchedule(name, flow.AlphaBars, ValueSome flow)

    static let checkTimesteps (timesteps: int) =
        if timesteps < 1 || timesteps > SchedulerConfig.largestTimesteps then
            raise (
                ArgumentOutOfRangeException(
                    nameof timesteps,
                    timesteps,
                    $"The number of timesteps must be in 1..{SchedulerConfig.largestTimesteps}."
                )
            )

    static let checkBeta (parameter: string) (beta: float) =
        if not (beta >= 0.0 && beta <= 1.0) then
            raise (ArgumentOutOfRangeException(parameter, beta, "A beta must be in 0..1."))

    static let fromConfig name (json: string) =
        try
            use document = JsonDocument.Parse json

            match SchedulerConfig.read document.RootElement with
            | NoiseTable.AlphaBars alphaBars -> create name alphaBars
            | NoiseTable.Flow(timesteps, shift) -> createFlow name { Timesteps = timesteps; Shift = shift }
        with :? JsonException as error ->
            raise (FormatException($"The scheduler configuration is not JSON: {error.Message}", error))

    static let stableDiffusion =
        lazy (create "sd" (Betas.scaledLinear 0.00085 0.012 1000 |> Betas.toAlphaBars))

    static let deepFloydIf = lazy (create "if" (Betas.squaredCosine 1000 |> Betas.toAlphaBars))

    static let ddpm = lazy (create "ddpm" (Betas.linear 1e-4 0.02 1000 |> Betas.toAlphaBars))

    let checkTimestep (t: int) =
        if t < 1 || t > alphaBars.Length then
            raise (ArgumentOutOfRangeException(nameof t, t, $"A timestep is in 1..{alphaBars.Length}."))

    let hash =
        lazy
            (let bytes = Array.zeroCreate<byte>(alphaBars.Length * sizeof<float>)

             alphaBars
             |> Array.iteri (fun k a -> BinaryPrimitives.WriteDoubleLittleEndian(Span(bytes, 8 * k, 8), a))

             let kind = if flow.IsSome then "flow"B else ""B
             Convert.ToHexStringLower(SHA256.HashData(Array.append kind bytes)))

    /// Where the table comes from: "sd", "if", "ddpm", a file's name, or a formula with its numbers.
    member _.Name = name

    /// T, the number of timesteps; at least 1.
    member _.Timesteps = alphaBars.Length

    /// abar_t for the paper's `t` in `1..T`; in [0, 1].
    /// <param name="t">The paper's timestep, `1..T`: one more than the network's index.</param>
    /// <exception cref="T:System.ArgumentOutOfRangeException">`t` is outside `1..T`.</exception>
    member _.AlphaBar(t: int<timestep>) : float =
        checkTimestep (int t)
        alphaBars[int t - 1]

    /// beta_t = 1 - abar_t / abar_(t-1) for the paper's `t` in `1..T`, with abar_0 = 1; 1 where the signal had already gone.
    /// <param name="t">The paper's timestep, `1..T`.</param>
    /// <exception cref="T:System.ArgumentOutOfRangeException">`t` is outside `1..T`.</exception>
    member noise.Beta(t: int<timestep>) : float =
        let before = if t = 1<timestep> then 1.0 else noise.AlphaBar(t - 1<timestep>)
        if before = 0.0 then 1.0 else 1.0 - noise.AlphaBar t / before

    /// The noise level sigma_t = sqrt((1 - abar_t) / abar_t), as k-diffusion counts it, for the paper's `t` in `1..T`; infinite where
    /// no signal is left. For a flow it is the ratio `sigma / (1 - sigma)` of the cell's midpoint.
    /// <param name="t">The paper's timestep, `1..T`.</param>
    /// <exception cref="T:System.ArgumentOutOfRangeException">`t` is outside `1..T`.</exception>
    member noise.Sigma(t: int<timestep>) : float =
        match flow with
        | ValueSome flow ->
            checkTimestep (int t)
            flow.Ratio(int t)
        | ValueNone ->
            let alphaBar = noise.AlphaBar t
            sqrt ((1.0 - alphaBar) / alphaBar)

    /// Whether the model was trained by flow matching, so that `t` counts cells of its time.
    member _.IsFlow = flow.IsSome

    /// The time that the model is used at: for a flow the cell's midpoint, which is its sigma, in (0, 1); else `t` itself.
    /// <param name="t">The paper's timestep, `1..T`.</param>
    /// <exception cref="T:System.ArgumentOutOfRangeException">`t` is outside `1..T`.</exception>
    member _.Time(t: int<timestep>) : float =
        checkTimestep (int t)

        match flow with
        | ValueSome flow -> flow.Time(int t)
        | ValueNone -> float t

    /// The same noise shifted and scaled so that nothing of the signal is left at T (Lin et al. 2023, alg. 1); abar_1 stays.
    /// `snr` is then infinite at T, and weights that hold it need `truncate 1 (T - 1)`.
    /// <exception cref="T:System.InvalidOperationException">A flow, or an abar that does not fall from `t = 1` to T.</exception>
    member _.RescaledToZeroTerminalSnr() : NoiseSchedule =
        if flow.IsSome then
            invalidOp $"'{name}' is a flow, which ends in pure noise by itself."

        if alphaBars[0] <= Array.last alphaBars then
            invalidOp
                $"abar of '{name}' does not fall from t = 1 to t = {alphaBars.Length}, so that it cannot be scaled."

        create $"{name} zsnr" (Betas.rescaleToZeroTerminalSnr alphaBars)

    /// A copy of the table, `T` values; element `k` is abar at the paper's `t = k + 1`.
    member _.AlphaBars: float[] = Array.copy alphaBars

    /// SHA-256 of the table as little-endian doubles, behind "flow" for a flow, in hexadecimal: equal tables have equal hashes.
    member _.Hash: string = hash.Value

    /// The name and T.
    override _.ToString() = $"{name} (T = {alphaBars.Length})"

    /// Stable Diffusion 1.x and 2.x: scaled linear, 0.00085 to 0.012, T = 1000.
    static member StableDiffusion: NoiseSchedule = stableDiffusion.Value

    /// DeepFloyd IF: squared cosine, T = 1000. abar_1000 is 2.4e-9, so that `snr` has a spike there.
    static member DeepFloydIf: NoiseSchedule = deepFloydIf.Value

    /// DDPM (Ho et al. 2020): linear, 0.0001 to 0.02, T = 1000.
    static member Ddpm: NoiseSchedule = ddpm.Value

    /// Betas that grow linearly.
    /// <param name="betaStart">beta_1, in 0..1.</param>
    /// <param name="betaEnd">beta_T, in 0..1.</param>
    /// <param name="timesteps">T, at least 1.</param>
    /// <exception cref="T:System.ArgumentOutOfRangeException">A beta is outside 0..1 or T is not positive.</exception>
    static member Linear(betaStart: float, betaEnd: float, timesteps: int) : NoiseSchedule =
        checkBeta (nameof betaStart) betaStart
        checkBeta (nameof betaEnd) betaEnd
        checkTimesteps timesteps

        create
            $"linear {show betaStart} {show betaEnd} {timesteps}"
            (Betas.linear betaStart betaEnd timesteps |> Betas.toAlphaBars)

    /// Betas whose square roots grow linearly (diffusers' "scaled_linear").
    /// <param name="betaStart">beta_1, in 0..1.</param>
    /// <param name="betaEnd">beta_T, in 0..1.</param>
    /// <param name="timesteps">T, at least 1.</param>
    /// <exception cref="T:System.ArgumentOutOfRangeException">A beta is outside 0..1 or T is not positive.</exception>
    static member ScaledLinear(betaStart: float, betaEnd: float, timesteps: int) : NoiseSchedule =
        checkBeta (nameof betaStart) betaStart
        checkBeta (nameof betaEnd) betaEnd
        checkTimesteps timesteps

        create
            $"scaled_linear {show betaStart} {show betaEnd} {timesteps}"
            (Betas.scaledLinear betaStart betaEnd timesteps |> Betas.toAlphaBars)

    /// abar along a squared cosine, betas at most 0.999 (Nichol and Dhariwal 2021; diffusers' "squaredcos_cap_v2").
    /// <param name="timesteps">T, at least 1.</param>
    /// <exception cref="T:System.ArgumentOutOfRangeException">T is not positive.</exception>
    static member SquaredCosine(timesteps: int) : NoiseSchedule =
        checkTimesteps timesteps
        create $"squaredcos {timesteps}" (Betas.squaredCosine timesteps |> Betas.toAlphaBars)

    /// A flow-matching model's noise (SD3, FLUX): cell `t` of T has the midpoint `x = (t - 1/2) / T`, shifted to
    /// `sigma = shift x / (1 + (shift - 1) x)`. Samples are mixed as `(1 - sigma) image + sigma noise`, and
    /// `abar = (1 - sigma)^2 / ((1 - sigma)^2 + sigma^2)`.
    /// <param name="timesteps">T, the number of cells, at least 1; such models are configured with 1000.</param>
    /// <param name="shift">Above 0: 1 leaves time as it is, 3 is SD3's.</param>
    /// <exception cref="T:System.ArgumentOutOfRangeException">T is not positive or the shift not above 0.</exception>
    static member Flow(timesteps: int, shift: float) : NoiseSchedule =
        checkTimesteps timesteps
        Number.checkPositive (nameof shift) shift
        createFlow $"flow {timesteps} {show shift}" { Timesteps = timesteps; Shift = shift }

    /// A table from betas; element `k` is beta at the paper's `t = k + 1`.
    /// <param name="betas">T values in 0..1.</param>
    /// <exception cref="T:System.ArgumentException">No value, or a value outside 0..1; the message names the t.</exception>
    static member FromBetas(betas: float[]) : NoiseSchedule =
        ArgumentNullException.ThrowIfNull betas
        create "betas" (Betas.toAlphaBars betas)

    /// A table from abar; element `k` is abar at the paper's `t = k + 1`.
    /// <param name="alphaBars">T values in 0..1 that never rise.</param>
    /// <exception cref="T:System.ArgumentException">No value, or one that rises or is outside 0..1; the message names the t.</exception>
    static member FromAlphaBars(alphaBars: float[]) : NoiseSchedule =
        ArgumentNullException.ThrowIfNull alphaBars
        create "alpha bars" alphaBars

    /// The noise of a diffusers scheduler: T, betas, `trained_betas` and `rescale_betas_zero_snr` are honoured, and T and `shift` of
    /// flow-matching ones. A shift that depends on the image's size is refused.
    /// <param name="json">The text of a `scheduler_config.json`.</param>
    /// <exception cref="T:System.FormatException">No JSON, or noise that is not known.</exception>
    /// <exception cref="T:System.ArgumentException">The betas are no valid table.</exception>
    static member FromSchedulerConfig(json: string) : NoiseSchedule =
        ArgumentNullException.ThrowIfNull json
        fromConfig "scheduler config" json

    /// Reads a `scheduler_config.json`, or a JSON array of abar, told apart by its first character.
    /// <param name="path">The file.</param>
    /// <exception cref="T:System.FormatException">Neither of the two; the message names the file.</exception>
    static member Load(path: string) : NoiseSchedule =
        ArgumentNullException.ThrowIfNull path
        let json = File.ReadAllText path

        try
            if json.TrimStart().StartsWith '[' then
                use document = JsonDocument.Parse json
                create path (SchedulerConfig.numbers document.RootElement)
            else
                fromConfig path json
        with
        | :? JsonException
        | :? FormatException
        | :? ArgumentException as error ->
            raise (FormatException($"{path} holds no noise schedule: {error.Message}", error))

/// F# names of the noise schedules in use.
module NoiseSchedule =

    /// Stable Diffusion 1.x and 2.x.
    let stableDiffusion = NoiseSchedule.StableDiffusion

    /// DeepFloyd IF.
    let deepFloydIf = NoiseSchedule.DeepFloydIf

    /// DDPM.
    let ddpm = NoiseSchedule.Ddpm

    /// A flow-matching model's noise in `timesteps` cells, shifted.
    let flow (timesteps: int) (shift: float) : NoiseSchedule = NoiseSchedule.Flow(timesteps, shift)
