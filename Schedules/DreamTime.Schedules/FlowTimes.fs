namespace DreamTime.Schedules

open System

/// The times of a flow-matching model, cut into T cells of which each stands for its midpoint.
[<Struct>]
type internal FlowTimes = {
    Timesteps: int
    Shift: float
} with

    member private flow.Midpoint(t: int) = (float t - 0.5) / float flow.Timesteps

    /// sigma: the share of noise, in (0, 1).
    member flow.Time(t: int) =
        let x = flow.Midpoint t
        flow.Shift * x / (1.0 + (flow.Shift - 1.0) * x)

    /// sigma / (1 - sigma), without the rounding of the difference.
    member flow.Ratio(t: int) =
        let x = flow.Midpoint t
        flow.Shift * x / (1.0 - x)

    /// The abar of which the ratio is sqrt((1 - abar) / abar); made to never rise where rounding would.
    member flow.AlphaBars =
        let flow = flow

        let alphaBar t =
            let ratio = flow.Ratio t
            1.0 / (1.0 + ratio * ratio)

        let alphaBars = Array.init flow.Timesteps (fun k -> alphaBar (k + 1))

        for k in 1 .. alphaBars.Length - 1 do
            alphaBars[k] <- Math.Min(alphaBars[k], alphaBars[k - 1])

        alphaBars
