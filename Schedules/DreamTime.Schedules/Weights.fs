namespace DreamTime.Schedules

open System
open System.Collections.Generic
open System.Runtime.CompilerServices

/// Weights for C#: `Weights.Snr * Weights.Gaussian(500, 125)`. Operators `*`, `+` and `/` combine them.
[<AbstractClass; Sealed; Extension>]
type Weights private () =

    /// The paper's Wd, `sqrt((1 - abar_t) / abar_t)`.
    static member Snr: Weight = Weight.snr

    /// The paper's Wp, `exp(-(t - mean)^2 / (2 deviation^2))`.
    /// <exception cref="T:System.ArgumentOutOfRangeException">The deviation is not above 0.</exception>
    static member Gaussian(mean: float, deviation: float) : Weight = Weight.gaussian mean deviation

    /// 1 between `lower` and `upper`, a Gaussian flank beyond each.
    /// <exception cref="T:System.ArgumentOutOfRangeException">A deviation is not above 0, or `lower` is above `upper`.</exception>
    static member Plateau(upper: float, lower: float, upperDeviation: float, lowerDeviation: float) : Weight =
        Weight.plateau upper lower upperDeviation lowerDeviation

    /// The same value everywhere.
    static member Constant(value: float) : Weight = Weight.constant value

    /// 1 for `low <= t <= high`, else 0.
    /// <exception cref="T:System.ArgumentOutOfRangeException">`low` is above `high`.</exception>
    static member Window(low: int, high: int) : Weight = Weight.window low high

    /// The density of a beta distribution over the timesteps, `x^(a-1) (1-x)^(b-1)` at `x = (t - 1/2) / T`.
    /// <exception cref="T:System.ArgumentOutOfRangeException">An exponent is not above 0.</exception>
    static member Beta(a: float, b: float) : Weight = Weight.beta a b

    /// The density of a logit-normal distribution at `x = (t - 1/2) / T`, as SD3 draws its times.
    /// <exception cref="T:System.ArgumentOutOfRangeException">The deviation is not above 0.</exception>
    static member LogitNormal(mean: float, deviation: float) : Weight = Weight.logitNormal mean deviation

    /// P2 (Choi et al. 2022): `(1 - beta_t)(1 - abar_t) / beta_t / (k + SNR_t)^gamma`.
    static member P2(k: float, gamma: float) : Weight = Weight.p2 k gamma

    /// One value for each timestep, `t = 1` first: any function of a program.
    /// <exception cref="T:System.ArgumentException">No value, or one that is not finite.</exception>
    static member Table(values: seq<float>) : Weight = Weight.table (List.ofSeq values)

    /// The lesser of two weights.
    static member Min(left: Weight, right: Weight) : Weight = Weight.minimum left right

    /// The greater of two weights.
    static member Max(left: Weight, right: Weight) : Weight = Weight.maximum left right

    /// The weight raised to a power.
    [<Extension>]
    static member Power(weight: Weight, exponent: float) : Weight = Weight.power exponent weight

    /// 0 outside `low..high`, before normalising.
    /// <exception cref="T:System.ArgumentOutOfRangeException">`low` is above `high`.</exception>
    [<Extension>]
    static member Truncate(weight: Weight, low: int, high: int) : Weight = Weight.truncate low high weight

    /// The weight at `T + 1 - t`.
    [<Extension>]
    static member Mirror(weight: Weight) : Weight = Weight.mirror weight

    /// `W(t)`, not normalised, for the paper's `t` in `1..T`.
    /// <exception cref="T:System.ArgumentOutOfRangeException">`t` is outside `1..T`.</exception>
    [<Extension>]
    static member Evaluate(weight: Weight, noise: NoiseSchedule, t: int) : float =
        Weight.eval noise (t * 1<timestep>) weight

    /// The normalised table on a model's noise.
    /// <exception cref="T:DreamTime.Schedules.ScheduleException">The weight is negative or not finite somewhere, or 0 everywhere.</exception>
    [<Extension>]
    static member Compile(weight: Weight, noise: NoiseSchedule) : WeightTable = WeightTable.compile noise weight

    /// The numbers of the expression, in the order of its text.
    [<Extension>]
    static member Parameters(weight: Weight) : IReadOnlyList<WeightParameter> =
        WeightParameters.ofWeight weight |> Array.ofList |> Array.AsReadOnly :> _

    /// The weight with other numbers for its parameters, in the order of its text.
    /// <exception cref="T:System.ArgumentException">Not one number for each parameter, or one that its word does not take.</exception>
    [<Extension>]
    static member WithParameters(weight: Weight, values: IEnumerable<float>) : Weight =
        WeightParameters.replace (List.ofSeq values) weight

    /// The same weight without what changes nothing, by the laws of `SimplificationLaws` that keep its scale.
    [<Extension>]
    static member Simplify(weight: Weight) : Weight = fst (Simplification.ofWeight weight)

    /// The JSON form: `{"language":1,"weight":{"word":"gaussian","m":500,"s":125}}`.
    [<Extension>]
    static member ToJson(weight: Weight) : string = ExpressionJson.ofWeight weight

    /// Reads the JSON form; what is unknown, doubled, missing or of another type is refused.
    /// <param name="json">At most 1,000,000 characters.</param>
    /// <exception cref="T:DreamTime.Schedules.ScheduleJsonException">This is no such form; the message says where and why.</exception>
    static member FromJson(json: string) : Weight =
        ArgumentNullException.ThrowIfNull json
        ExpressionJson.weight json

    /// Reads a weight's text.
    /// <exception cref="T:DreamTime.Schedules.ScheduleParseException">The text is no weight; the message says where and why.</exception>
    static member Parse(text: string) : Weight =
        match Parser.weight text with
        | Ok weight -> weight
        | Error error -> raise (ScheduleParseException error)
