namespace DreamTime.Schedules

open System

/// A weight compiled on a model's noise: normalised, with its tail and head sums, ready to be inverted (eq. 5).
/// A value exists only for a weight that is finite, nowhere negative and somewhere positive. Doubles throughout.
[<Sealed>]
type WeightTable
    private
    (
        weight: Weight,
        noise: NoiseSchedule,
        total: float,
        normalised: float[],
        support: int[],
        tailSums: float[],
        headSums: float[]
    ) =

    static let fault kind t message =
        raise (ScheduleException { Fault = kind; Timestep = t; Message = message })

    static let isGood (w: float) = w >= 0.0 && Double.IsFinite w

    /// The longest run of timesteps at which the weight is as it must be, as advice.
    static let advice (weight: Weight) (values: float[]) =
        let mutable low, length, start = 0, 0, 0

        for k in 0 .. values.Length do
            if k = values.Length || not (isGood values[k]) then
                if k - start > length then
                    low <- start
                    length <- k - start

                start <- k + 1

        if length = 0 then
            "it is so at every timestep, so that truncating cannot help."
        else
            $"leave such timesteps out, for example: truncate {low + 1} {low + length} ({Excerpt.ofText (string weight)})"

    static let check (weight: Weight) (values: float[]) =
        match values |> Array.tryFindIndex (isGood >> not) with
        | None -> ()
        | Some k ->
            let kind, what =
                if values[k] < 0.0 then
                    CompileFault.NegativeWeight, "negative"
                else
                    CompileFault.InfiniteWeight, "not finite"

            fault
                kind
                (Nullable(k + 1))
                $"The weight is {what}, {Number.show values[k]}, at t = {k + 1}; {advice weight values}"

    /// Divides by the sum; by the maximum first where the sum over- or underflows.
    static let normalise (values: float[]) =
        let total = Array.sum values

        if Double.IsNormal total then
            Array.map (fun w -> w / total) values
        else
            let largest = Array.max values
            let scaled = Array.map (fun w -> w / largest) values
            let total = Array.sum scaled
            Array.map (fun w -> w / total) scaled

    static let create (weight: Weight) (noise: NoiseSchedule) =
        let values = WeightValues.over noise weight
        check weight values

        if Array.forall (fun w -> w = 0.0) values then
            fault
                CompileFault.NoMass
                (Nullable())
                $"The weight has no mass: it is 0 at every timestep 1..{noise.Timesteps}, and a schedule needs one where it is positive: {Excerpt.ofText (string weight)}"

        let normalised = normalise values
        let tails = Array.scanBack (+) normalised 0.0
        let heads = Array.scan (+) 0.0 normalised

        let support =
            Array.init noise.Timesteps (fun k -> noise.Timesteps - k)
            |> Array.filter (fun t -> normalised[t - 1] > 0.0)

        WeightTable(
            weight,
            noise,
            Array.sum values,
            normalised,
            support,
            support |> Array.map (fun t -> tails[t - 1]),
            support |> Array.map (fun t -> heads[t - 1])
        )

    /// The choice at 1/2, where the two kinds of sum meet: rounding may set them an ulp apart, and t must not rise for that.
    let half = NearestSum.index tailSums NearestSum.Rising 0.5

    /// The expression the table was compiled from.
    member _.Weight = weight

    /// The noise it was compiled on.
    member _.Noise = noise

    /// Z, the sum of the weight over `1..T` before normalising; infinite where it exceeds a double.
    member _.Total = total

    /// The smallest `t` of positive weight: the last step's.
    member _.Lowest: int<timestep> = support[support.Length - 1] * 1<timestep>

    /// The largest `t` of positive weight.
    member _.Highest: int<timestep> = support[0] * 1<timestep>

    /// The normalised weights, `T` values that sum to 1; element `k` belongs to `t = k + 1`.
    member _.Normalised: float[] = Array.copy normalised

    /// Eq. 5: the `t` of positive weight whose tail sum, over `t..T`, is nearest to `progress`, the larger of two as near.
    /// Up to 1/2 tail sums are compared, above it head sums with `1 - progress`: each where it is small and so exact.
    /// O(log T), without allocation.
    /// <param name="progress">`i / N`; limited to [0, 1].</param>
    /// <exception cref="T:System.ArgumentOutOfRangeException">`progress` is not a number.</exception>
    member _.Invert(progress: float) : int<timestep> =
        if Double.IsNaN progress then
            raise (ArgumentOutOfRangeException(nameof progress, progress, "A number is needed."))

        let progress = Math.Clamp(progress, 0.0, 1.0)

        let index =
            if progress <= 0.5 then
                NearestSum.index tailSums NearestSum.Rising progress
            else
                max half (NearestSum.index headSums NearestSum.Falling (1.0 - progress))

        support[index] * 1<timestep>

    /// The largest `t` of positive weight whose tail sum reaches `progress`, or the smallest of all where rounding lets none:
    /// the inverse that looks up, as some implementations of DreamTime do, instead of to the nearest.
    /// <param name="progress">`i / N`; limited to [0, 1].</param>
    /// <exception cref="T:System.ArgumentOutOfRangeException">`progress` is not a number.</exception>
    member _.Reach(progress: float) : int<timestep> =
        if Double.IsNaN progress then
            raise (ArgumentOutOfRangeException(nameof progress, progress, "A number is needed."))

        support[NearestSum.firstAt tailSums NearestSum.Rising (Math.Clamp(progress, 0.0, 1.0))]
        * 1<timestep>

    /// `Invert` at `1/N .. N/N`, in O(T + N); element `k` is step `k + 1`.
    member internal _.InvertRun(steps: int) : int[] =
        let timesteps = Array.zeroCreate<int> steps
        let progress k = float (k + 1) / float steps
        let below = steps / 2

        NearestSum.walk tailSums NearestSum.Rising below progress (fun k index -> timesteps[k] <- support[index])

        NearestSum.walk
            headSums
            NearestSum.Falling
            (steps - below)
            (fun k -> 1.0 - progress (below + k))
            (fun k index -> timesteps[below + k] <- support[max half index])

        timesteps

    static member internal Compile (noise: NoiseSchedule) (weight: Weight) : WeightTable = create weight noise

/// Compiling weights.
module WeightTable =

    /// Compiles a weight on a model's noise.
    /// <exception cref="T:DreamTime.Schedules.ScheduleException">The weight is negative or not finite somewhere, or 0 everywhere.</exception>
    let compile (noise: NoiseSchedule) (weight: Weight) : WeightTable = WeightTable.Compile noise weight
