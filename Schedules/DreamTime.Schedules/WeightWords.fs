namespace DreamTime.Schedules

open System

/// The primitives and combinators of weights under their full names, and what a weight means.
[<CompilationRepresentation(CompilationRepresentationFlags.ModuleSuffix)>]
module Weight =

    let private checkInterval (low: int) (high: int) =
        if low > high then
            raise (
                ArgumentOutOfRangeException(
                    nameof low,
                    low,
                    $"The interval is empty: low must not be above high, {high}."
                )
            )

    /// `sqrt((1 - abar_t) / abar_t)`, the paper's Wd: SNR to the power -1/2, the sigma of k-diffusion.
    let snr: Weight = Weight.Snr

    /// `exp(-(t - mean)^2 / (2 deviation^2))`, the paper's Wp (eq. 8). The deviation is above 0.
    let gaussian (mean: float) (deviation: float) : Weight =
        Number.checkFinite (nameof mean) mean
        Number.checkPositive (nameof deviation) deviation
        // Adding 0 turns -0 into 0: equal weights have one text.
        Weight.Gaussian(mean + 0.0, deviation)

    /// 1 for `lower <= t <= upper`, a Gaussian flank beyond each end: the weight of the paper's first version.
    /// `upper` is m1, `lower` m2 and not above it; the deviations, s1 and s2, are above 0.
    let plateau (upper: float) (lower: float) (upperDeviation: float) (lowerDeviation: float) : Weight =
        Number.checkFinite (nameof upper) upper
        Number.checkFinite (nameof lower) lower
        Number.checkPositive (nameof upperDeviation) upperDeviation
        Number.checkPositive (nameof lowerDeviation) lowerDeviation

        if lower > upper then
            raise (
                ArgumentOutOfRangeException(
                    nameof lower,
                    lower,
                    $"The lower end must not be above the upper, {Number.show upper}."
                )
            )

        Weight.Plateau(upper + 0.0, lower + 0.0, upperDeviation, lowerDeviation)

    /// The same value at every `t`.
    let constant (value: float) : Weight =
        Number.checkFinite (nameof value) value
        Weight.Constant(value + 0.0)

    /// 1 for `low <= t <= high`, else 0.
    let window (low: int) (high: int) : Weight =
        checkInterval low high
        Weight.Window(low, high)

    /// The density of a beta distribution over the run of timesteps, `x^(a-1) (1-x)^(b-1)` at `x = (t - 1/2) / T`; both above 0.
    let beta (a: float) (b: float) : Weight =
        Number.checkPositive (nameof a) a
        Number.checkPositive (nameof b) b
        Weight.Beta(a, b)

    /// The density of a logit-normal distribution at `x = (t - 1/2) / T`: how SD3 draws its times. The deviation is above 0.
    let logitNormal (mean: float) (deviation: float) : Weight =
        Number.checkFinite (nameof mean) mean
        Number.checkPositive (nameof deviation) deviation
        Weight.LogitNormal(mean + 0.0, deviation)

    /// P2 (Choi et al. 2022): `(1 - beta_t)(1 - abar_t) / beta_t / (k + SNR_t)^gamma`; the paper takes k = 1, gamma = 1.
    let p2 (k: float) (gamma: float) : Weight =
        Number.checkFinite (nameof k) k
        Number.checkFinite (nameof gamma) gamma
        Weight.P2(k + 0.0, gamma + 0.0)

    /// One value for each timestep, `t = 1` first; it fits noises of as many timesteps.
    let table (values: float list) : Weight =
        if values.IsEmpty then
            raise (ArgumentException("At least one value is needed.", nameof values))

        values |> List.iter (Number.checkFinite (nameof values))
        Weight.Table(values |> List.map (fun value -> value + 0.0))

    /// The product at each `t`: the operator `*`.
    let product (left: Weight) (right: Weight) : Weight = left * right

    /// The sum at each `t`: the operator `+`.
    let sum (left: Weight) (right: Weight) : Weight = left + right

    /// The weight divided by a number other than 0: the operator `/`.
    let quotient (divisor: float) (weight: Weight) : Weight = weight / divisor

    /// The weight raised to a power: the operator `**`, in the language `^`.
    let power (exponent: float) (weight: Weight) : Weight = weight ** exponent

    /// The weight for `low <= t <= high`, else 0, whatever the weight is there.
    let truncate (low: int) (high: int) (weight: Weight) : Weight =
        checkInterval low high
        Weight.Checked(Weight.Truncate(low, high, weight))

    /// The lesser of two weights at each `t`.
    let minimum (left: Weight) (right: Weight) : Weight =
        Weight.Checked(Weight.Minimum(left, right))

    /// The greater of two weights at each `t`.
    let maximum (left: Weight) (right: Weight) : Weight =
        Weight.Checked(Weight.Maximum(left, right))

    /// The weight at `T + 1 - t`.
    let mirror (weight: Weight) : Weight = Weight.Checked(Weight.Mirror weight)

    /// What a weight means: `W(t)`, not normalised, for the paper's `t` in `1..T`. Slow and obvious; tables are checked against it.
    /// <exception cref="T:DreamTime.Schedules.ScheduleException">A `table` has another length than the noise has timesteps.</exception>
    let eval (noise: NoiseSchedule) (t: int<timestep>) (weight: Weight) : float = WeightMeaning.at noise t weight
