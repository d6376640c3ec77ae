namespace DreamTime.Schedules

open System

/// What a fit comes near to, at the steps `1/N .. N/N` of a run.
[<RequireQualifiedAccess>]
type internal FitTarget =
    /// The real `t(u)`.
    | Curve of float[]
    /// Whole timesteps: they say where the curve is to a half, and what lies within a half is right.
    | Whole of int[]

module internal FitTarget =

    let steps target =
        match target with
        | FitTarget.Curve values -> values.Length
        | FitTarget.Whole timesteps -> timesteps.Length

    /// The curve of a deterministic schedule where it has one; else its timesteps.
    let ofSchedule (schedule: Schedule) (steps: int) =
        let places = Array.init steps (fun k -> Place.ofStep (k + 1) steps)

        match schedule.Plan with
        | Plan.Inverse table ->
            let inverse = ContinuousInverse table
            FitTarget.Curve(places |> Array.map (fun place -> (inverse.Find place.Progress).Timestep))
        | Plan.Curve(easing, first, last) ->
            FitTarget.Curve(places |> Array.map (fun place -> easing.Between(first, last, place)))
        | _ -> FitTarget.Whole(schedule.Timesteps steps)

    /// How far beyond the target a value lies at step k + 1.
    let excess target k (value: float) =
        match target with
        | FitTarget.Curve values -> value - values[k]
        | FitTarget.Whole timesteps ->
            let t = float timesteps[k]

            if value > t + 0.5 then value - t - 0.5
            elif value < t - 0.5 then value - t + 0.5
            else 0.0
