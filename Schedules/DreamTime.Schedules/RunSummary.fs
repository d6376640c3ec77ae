namespace DreamTime.Schedules

open System
open System.Collections.Generic

/// Steps of a run whose timestep is in `Low..High`.
[<NoComparison; RequireQualifiedAccess>]
type TimestepRange = {
    /// The smallest timestep.
    Low: int
    /// The largest timestep; below `Low` where T is too small for the range.
    High: int
    /// How many steps of the run.
    Steps: int
}

/// Steps one after the other at the same timestep.
[<NoComparison; RequireQualifiedAccess>]
type Plateau = {
    /// The timestep.
    Timestep: int
    /// The first of the steps, from 1.
    FirstStep: int
    /// How many steps.
    Length: int
}

/// When a run comes down to a timestep.
[<NoComparison; RequireQualifiedAccess>]
type Arrival = {
    /// The timestep.
    Timestep: int
    /// The first step at or below it; null where the run never is.
    Step: Nullable<int>
}

/// Where a run of N steps is spent, in numbers. For a schedule that draws, the draws of seed 0.
[<NoComparison>]
type RunSummary = {
    /// N.
    TotalSteps: int
    /// Above 80 % of T, down to 50 %, down to 20 %, and the rest: DreamTime's stages, coarse to fine.
    Ranges: IReadOnlyList<TimestepRange>
    /// When the run first is at or below 90 %, 80 % … 10 % of T.
    Arrivals: IReadOnlyList<Arrival>
    /// The longest stay at one timestep; of equally long ones the first.
    LongestPlateau: Plateau
    /// How many different timesteps occur.
    Distinct: int
    /// The timestep with the most steps, and how many; of equal ones the largest.
    Busiest: TimestepRange
    /// By how much the last step falls; below 0 where it rises, 0 for a run of one step.
    LastFall: int
    /// The first step whose timestep is above that of the step before; null where none is.
    FirstRise: Nullable<int>
}

module internal RunSummary =

    let private ranges total (timesteps: int[]) =
        let ends = [ total; total * 8 / 10; total / 2; total * 2 / 10; 0 ]

        [|
            for high, below in List.pairwise ends ->
                {
                    TimestepRange.Low = below + 1
                    TimestepRange.High = high
                    TimestepRange.Steps = timesteps |> Seq.filter (fun t -> t > below && t <= high) |> Seq.length
                }
        |]

    let private arrivals total (timesteps: int[]) = [|
        for tenth in 9..-1..1 ->
            let t = total * tenth / 10

            {
                Arrival.Timestep = t
                Arrival.Step =
                    match Array.tryFindIndex (fun s -> s <= t) timesteps with
                    | Some k -> Nullable(k + 1)
                    | None -> Nullable()
            }
    |]

    let private longestPlateau (timesteps: int[]) =
        let mutable first, longest, length = 0, 0, 0

        for k in 0 .. timesteps.Length - 1 do
            if timesteps[k] <> timesteps[first] then
                first <- k

            if k - first + 1 > length then
                longest <- first
                length <- k - first + 1

        {
            Plateau.Timestep = timesteps[longest]
            Plateau.FirstStep = longest + 1
            Plateau.Length = length
        }

    let private busiest total (timesteps: int[]) =
        let counts = Array.zeroCreate<int>(total + 1)

        for t in timesteps do
            counts[t] <- counts[t] + 1

        let t = Array.LastIndexOf(counts, Array.max counts)

        {
            TimestepRange.Low = t
            TimestepRange.High = t
            TimestepRange.Steps = counts[t]
        }

    /// Of timesteps in `1..total`.
    let ofTimesteps (total: int) (timesteps: int[]) : RunSummary =
        let last = timesteps.Length - 1

        {
            TotalSteps = timesteps.Length
            Ranges = ranges total timesteps
            Arrivals = arrivals total timesteps
            LongestPlateau = longestPlateau timesteps
            Distinct = (Array.distinct timesteps).Length
            Busiest = busiest total timesteps
            LastFall = if last = 0 then 0 else timesteps[last - 1] - timesteps[last]
            FirstRise =
                match timesteps |> Array.pairwise |> Array.tryFindIndex (fun (a, b) -> b > a) with
                | Some k -> Nullable(k + 2)
                | None -> Nullable()
        }
