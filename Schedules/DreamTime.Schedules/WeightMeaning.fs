namespace DreamTime.Schedules

open System

/// What a weight means, one `t` at a time: the oracle of every table.
module internal WeightMeaning =

    let private flank mean deviation t =
        let z = (t - mean) / deviation
        exp (-z * z / 2.0)

    let private plateau upper lower upperDeviation lowerDeviation t =
        if t > upper then flank upper upperDeviation t
        elif t < lower then flank lower lowerDeviation t
        else 1.0

    /// Choi et al. 2022, eq. 8, with the factor that turns a loss on the image into one on the noise.
    let private p2 (noise: NoiseSchedule) t k gamma =
        let alphaBar = noise.AlphaBar t
        let beta = noise.Beta t
        (1.0 - beta) * (1.0 - alphaBar) / beta / (k + alphaBar / (1.0 - alphaBar)) ** gamma

    let private logitNormal mean deviation x =
        flank mean deviation (log (x / (1.0 - x))) / (x * (1.0 - x))

    /// The values of a `table`, if there is one for each timestep.
    let tabulated (noise: NoiseSchedule) (values: float list) : float[] =
        if values.Length <> noise.Timesteps then
            raise (
                ScheduleException(
                    $"The table has {values.Length} values, but the noise '{noise.Name}' has {noise.Timesteps} timesteps; it needs one for each.",
                    Nullable()
                )
            )

        Array.ofList values

    let rec at (noise: NoiseSchedule) (t: int<timestep>) (weight: Weight) : float =
        let isIn low high = low <= int t && int t <= high
        let share = (float t - 0.5) / float noise.Timesteps

        match weight with
        | Weight.Snr -> noise.Sigma t
        | Weight.Gaussian(mean, deviation) -> flank mean deviation (float t)
        | Weight.Plateau(upper, lower, upperDeviation, lowerDeviation) ->
            plateau upper lower upperDeviation lowerDeviation (float t)
        | Weight.Constant value -> value
        | Weight.Window(low, high) -> if isIn low high then 1.0 else 0.0
        | Weight.Beta(a, b) -> share ** (a - 1.0) * (1.0 - share) ** (b - 1.0)
        | Weight.LogitNormal(mean, deviation) -> logitNormal mean deviation share
        | Weight.P2(k, gamma) -> p2 noise t k gamma
        | Weight.Table values -> (tabulated noise values)[int t - 1]
        | Weight.Product(left, right) ->
            match at noise t left, at noise t right with
            | 0.0, _
            | _, 0.0 -> 0.0
            | left, right -> left * right
        | Weight.Sum(left, right) -> at noise t left + at noise t right
        | Weight.Quotient(weight, divisor) -> at noise t weight / divisor
        | Weight.Power(weight, exponent) -> at noise t weight ** exponent
        | Weight.Truncate(low, high, weight) -> if isIn low high then at noise t weight else 0.0
        | Weight.Minimum(left, right) -> Math.Min(at noise t left, at noise t right)
        | Weight.Maximum(left, right) -> Math.Max(at noise t left, at noise t right)
        | Weight.Mirror weight -> at noise ((noise.Timesteps + 1) * 1<timestep> - t) weight
