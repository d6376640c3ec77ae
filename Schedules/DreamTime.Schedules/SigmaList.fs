namespace DreamTime.Schedules

open System

/// Lists of a sampler's noise levels, `sqrt((1 - abar) / abar)`, as k-diffusion counts them, the largest first.
[<AbstractClass; Sealed>]
type SigmaList private () =

    static let check count (lowest: float) (highest: float) rho =
        if count < 1 then
            raise (ArgumentOutOfRangeException(nameof count, count, "At least 1 level is needed."))

        Number.checkPositive (nameof lowest) lowest
        Number.checkPositive (nameof highest) highest
        Number.checkPositive (nameof rho) rho

    /// A list whose ends are exact, and between them what a formula makes of how far down a level is, from 0 to 1.
    static let between count (lowest: float) (highest: float) (formula: float -> float) =
        Array.init count (fun k ->
            if k = 0 then highest
            elif k = count - 1 then lowest
            else formula (float k / float (count - 1)))

    static let level (noise: NoiseSchedule) (t: int) =
        let sigma = noise.Sigma(t * 1<timestep>)

        if not (sigma > 0.0 && Double.IsFinite sigma) then
            raise (
                ScheduleException(
                    $"The noise level at t = {t} of '{noise.Name}' is {Number.show sigma}; a list needs finite levels above 0.",
                    Nullable t
                )
            )

        sigma

    /// The noise level at t = 1: where a model's list ends.
    /// <exception cref="T:DreamTime.Schedules.ScheduleException">It is 0.</exception>
    static member Lowest(noise: NoiseSchedule) : float =
        ArgumentNullException.ThrowIfNull noise
        level noise 1

    /// The noise level at t = T: where a model's list begins.
    /// <exception cref="T:DreamTime.Schedules.ScheduleException">It is infinite, as with a zero terminal SNR.</exception>
    static member Highest(noise: NoiseSchedule) : float =
        ArgumentNullException.ThrowIfNull noise
        level noise noise.Timesteps

    /// Evenly spaced in `sigma^(1/rho)` (Karras et al. 2022, eq. 5).
    /// <param name="count">How many levels, at least 1.</param>
    /// <param name="lowest">The last level, above 0.</param>
    /// <param name="highest">The first level, above 0.</param>
    /// <param name="rho">Above 0; 7 in the paper.</param>
    /// <exception cref="T:System.ArgumentOutOfRangeException">A number is outside its range.</exception>
    static member Karras(count: int, lowest: float, highest: float, rho: float) : float[] =
        check count lowest highest rho
        let root (sigma: float) = sigma ** (1.0 / rho)
        between count lowest highest (fun down -> (root highest + down * (root lowest - root highest)) ** rho)

    /// Evenly spaced in log sigma.
    /// <param name="count">How many levels, at least 1.</param>
    /// <param name="lowest">The last level, above 0.</param>
    /// <param name="highest">The first level, above 0.</param>
    /// <exception cref="T:System.ArgumentOutOfRangeException">A number is outside its range.</exception>
    static member Exponential(count: int, lowest: float, highest: float) : float[] =
        SigmaList.Polyexponential(count, lowest, highest, 1.0)

    /// A power of an even ramp in log sigma: k-diffusion's polyexponential.
    /// <param name="count">How many levels, at least 1.</param>
    /// <param name="lowest">The last level, above 0.</param>
    /// <param name="highest">The first level, above 0.</param>
    /// <param name="rho">The power, above 0; 1 is exponential.</param>
    /// <exception cref="T:System.ArgumentOutOfRangeException">A number is outside its range.</exception>
    static member Polyexponential(count: int, lowest: float, highest: float, rho: float) : float[] =
        check count lowest highest rho

        between count lowest highest (fun down -> exp (log lowest + (1.0 - down) ** rho * (log highest - log lowest)))

    /// Reads a list such as `[14.615, 6.475, 3.861, 0]`; a last 0, which samplers append, is left out.
    /// <exception cref="T:DreamTime.Schedules.ScheduleConversionException">This is no list of numbers above 0.</exception>
    static member Parse(text: string) : ScheduleExpression =
        ArgumentNullException.ThrowIfNull text
        let struct (entries, _) = ListText.read text
        let sigmas = entries |> List.map _.Value

        let sigmas =
            if List.last sigmas = 0.0 then List.take (sigmas.Length - 1) sigmas else sigmas

        for k, sigma in List.indexed sigmas do
            if sigma <= 0.0 then
                ListText.fail $"Noise level {k + 1} is {Number.show sigma}; levels are above 0, but for a last 0."

        if sigmas.IsEmpty then
            ListText.fail "The list holds nothing but the last 0; at least one level above 0 is needed."

        ScheduleExpression.Sigmas sigmas

    /// The noise levels of a deterministic schedule's timesteps; element `k` is step `k + 1`. No 0 is appended.
    /// <param name="schedule">The schedule.</param>
    /// <param name="steps">N, at least 1.</param>
    /// <exception cref="T:DreamTime.Schedules.ScheduleConversionException">The schedule draws.</exception>
    /// <exception cref="T:DreamTime.Schedules.ScheduleException">A level is 0 or infinite; the message names the t.</exception>
    static member OfSchedule(schedule: Schedule, steps: int) : float[] =
        schedule |> TimestepIndices.Deterministic steps |> Array.map (level schedule.Noise)
