namespace DreamTime.Schedules

open System
open System.Collections.Generic

/// A weight whose parameters were changed until its schedule came nearest to a given one: the least sum of squared differences of
/// the continuous `t(u)` (see `WeightCalculus`) at u = 1/N .. N/N. Parameters that must be above 0 are sought by their logarithm.
[<Sealed>]
type ScheduleFit private (shape: Weight, weight: Weight, noise: NoiseSchedule, differences: int[], minimum: Minimum) =
    static let mostParameters = 64

    static let evaluate (weight: Weight) (noise: NoiseSchedule) target =
        let calculus = WeightCalculus.Of(weight, noise)
        let steps = FitTarget.steps target
        let progress k = float (k + 1) / float steps
        let highest = float (int calculus.Table.Highest)

        // Above the highest timestep of the weight there is none to choose: it is the limit of whole timesteps.
        let limited (t: float) =
            match target with
            | FitTarget.Whole _ -> min t highest
            | FitTarget.Curve _ -> t

        let values =
            Array.init steps (fun k -> FitTarget.excess target k (limited (calculus.Timestep(progress k))))

        let slopes =
            Array.init steps (fun k ->
                match target with
                | FitTarget.Whole _ when values[k] = 0.0 -> Array.zeroCreate calculus.Parameters.Count
                | _ -> calculus.TimestepSlopes(progress k))

        { Values = values; Slopes = slopes }

    static let areFinite (residuals: Residuals) =
        Array.forall Double.IsFinite residuals.Values
        && Array.forall (Array.forall Double.IsFinite) residuals.Slopes

    static let search (shape: Weight) (noise: NoiseSchedule) target =
        let parameters = WeightParameters.ofWeight shape |> Array.ofList

        if parameters.Length = 0 || parameters.Length > mostParameters then
            raise (
                ArgumentException(
                    $"A weight with 1 to {mostParameters} numbers to fit is needed; '{Excerpt.ofText (string shape)}' has {parameters.Length}.",
                    nameof shape
                )
            )

        let unknowns =
            parameters |> Array.map (fun p -> if p.IsPositive then log p.Value else p.Value)

        let weightAt unknowns =
            let values =
                Array.map2 (fun (p: WeightParameter) x -> if p.IsPositive then exp x else x) parameters unknowns

            WeightParameters.replace (List.ofArray values) shape

        /// By the logarithm of a parameter its slope is p times as large.
        let residualsOf (weight: Weight) =
            let residuals = evaluate weight noise target

            let values =
                WeightParameters.ofWeight weight |> List.map (fun p -> if p.IsPositive then p.Value else 1.0)

            let factors = Array.ofList values

            {
                residuals with
                    Slopes = residuals.Slopes |> Array.map (Array.map2 (*) factors)
            }

        let residualsAt unknowns =
            try
                let residuals = residualsOf (weightAt unknowns)
                if areFinite residuals then Some residuals else None
            with :? ArgumentException ->
                // Numbers that the words refuse, or no schedule on this noise: the search turns back.
                None

        let first = residualsOf shape

        if not (areFinite first) then
            raise (
                ScheduleException(
                    $"'{Excerpt.ofText (string shape)}' has no finite derivative to begin a fit with.",
                    Nullable()
                )
            )

        let minimum = LeastSquares.minimise residualsAt unknowns first
        weightAt minimum.Point, minimum

    static let fit shape noise target (timesteps: int[]) =
        let weight, minimum = search shape noise target
        let fitted = (WeightTable.compile noise weight).InvertRun timesteps.Length
        ScheduleFit(shape, weight, noise, Array.map2 (-) fitted timesteps, minimum)

    /// The weight that was begun with.
    member _.Shape = shape

    /// The fitted weight.
    member _.Weight = weight

    /// Its schedule.
    member _.Expression: ScheduleExpression = ScheduleExpression.Descend weight

    /// The noise it was fitted on.
    member _.Noise = noise

    /// The fitted numbers, in the order of the text.
    member _.Parameters: IReadOnlyList<WeightParameter> =
        WeightParameters.ofWeight weight |> Array.ofList |> Array.AsReadOnly :> _

    /// What is left: the fitted schedule's timestep less the given one's; element `k` is step `k + 1`.
    member _.Differences: int[] = Array.copy differences

    /// The root of the mean squared difference, in timesteps.
    member _.RootMeanSquare: float =
        differences |> Array.averageBy (fun d -> float d * float d) |> sqrt

    /// The step of the largest difference, the first of equals.
    member _.WorstStep: int =
        1 + (seq { 0 .. differences.Length - 1 } |> Seq.maxBy (fun k -> abs differences[k]))

    /// The largest difference, in timesteps; above 0 or 0.
    member fit.LargestDifference: int = abs differences[fit.WorstStep - 1]

    /// Steps of the search.
    member _.Iterations = minimum.Iterations

    /// Whether the search ended where no step makes the sum smaller; false where it was stopped before.
    member _.IsConverged = minimum.IsConverged

    /// The fitted text and what is left.
    override fit.ToString() =
        $"{weight}\nrms {Number.show (Math.Round(fit.RootMeanSquare, 6))}, largest difference {fit.LargestDifference} timesteps, at step {fit.WorstStep} of {differences.Length}"

    /// The parameters whose schedule is nearest to a deterministic one. The curves of weights and of `line`, `power`, `cosine` and
    /// `exponential` are compared as real numbers, those of other words as whole timesteps, which count as met within a half.
    /// <param name="shape">The weight whose numbers are changed, and where the search begins; at most 64 numbers.</param>
    /// <param name="target">The schedule to come near to. The fit is on its noise.</param>
    /// <param name="steps">N, at least 1.</param>
    /// <exception cref="T:System.ArgumentException">The weight has no numbers or too many, or the target draws.</exception>
    /// <exception cref="T:DreamTime.Schedules.ScheduleException">The weight is no schedule on the noise.</exception>
    static member ToSchedule(shape: Weight, target: Schedule, steps: int) : ScheduleFit =
        ArgumentNullException.ThrowIfNull target

        if not target.IsDeterministic then
            raise (
                ArgumentException(
                    $"A schedule without draws is needed to fit to, not '{Excerpt.ofText (string target)}'.",
                    nameof target
                )
            )

        let timesteps = target.Timesteps steps
        fit shape target.Noise (FitTarget.ofSchedule target steps) timesteps

    /// The parameters whose schedule is nearest to given timesteps, which count as met within a half.
    /// <param name="shape">The weight whose numbers are changed, and where the search begins; at most 64 numbers.</param>
    /// <param name="timesteps">The paper's timesteps of a whole run, in `1..T`; element `k` is step `k + 1`.</param>
    /// <param name="noise">The noise to fit on.</param>
    /// <exception cref="T:System.ArgumentException">The weight has no numbers or too many; no timestep, or one outside `1..T`.</exception>
    /// <exception cref="T:DreamTime.Schedules.ScheduleException">The weight is no schedule on the noise.</exception>
    static member ToTimesteps(shape: Weight, timesteps: int[], noise: NoiseSchedule) : ScheduleFit =
        ArgumentNullException.ThrowIfNull timesteps
        ArgumentNullException.ThrowIfNull noise

        if timesteps.Length = 0 then
            raise (ArgumentException("At least one timestep is needed.", nameof timesteps))

        for t in timesteps do
            if t < 1 || t > noise.Timesteps then
                raise (ArgumentOutOfRangeException(nameof timesteps, t, $"A timestep is in 1..{noise.Timesteps}."))

        fit shape noise (FitTarget.Whole timesteps) timesteps

/// Fits that say in a value why there is none.
[<CompilationRepresentation(CompilationRepresentationFlags.ModuleSuffix)>]
module ScheduleFit =

    let private orReason find =
        try
            Ok(find ())
        with :? ArgumentException as error ->
            Error error.Message

    /// The parameters of `shape` whose schedule is nearest to a deterministic one over `steps` steps.
    let toSchedule (steps: int<step>) (target: Schedule) (shape: Weight) : Result<ScheduleFit, string> =
        orReason (fun () -> ScheduleFit.ToSchedule(shape, target, int steps))

    /// The parameters of `shape` whose schedule is nearest to the timesteps of a run.
    let toTimesteps (noise: NoiseSchedule) (timesteps: int<timestep>[]) (shape: Weight) : Result<ScheduleFit, string> =
        orReason (fun () -> ScheduleFit.ToTimesteps(shape, Array.map int timesteps, noise))
