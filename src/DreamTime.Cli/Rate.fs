namespace DreamTime.Cli

open System
open System.Collections.Generic

/// Steps a second over the last ten seconds, so that slow first steps are forgotten and a slowdown shows.
/// Times come from a monotonic clock: no clock jump makes an estimate negative.
type Rate() =
    let window = TimeSpan.FromSeconds 10.0
    let marks = Queue<struct (TimeSpan * int)>()
    let mutable last = struct (TimeSpan.Zero, 0)

    /// `step` steps are done at `time` after the start.
    member _.Mark(time: TimeSpan, step: int) =
        last <- struct (time, step)
        marks.Enqueue last

        let old () =
            let struct (first, _) = marks.Peek()
            time - first > window

        while marks.Count > 2 && old () do
            marks.Dequeue() |> ignore

    /// None until two marks lie apart.
    member _.PerSecond =
        if marks.Count < 2 then
            None
        else
            let struct (firstTime, firstStep) = marks.Peek()
            let struct (time, step) = last
            let seconds = (time - firstTime).TotalSeconds

            if seconds > 0.0 && step > firstStep then
                Some(float (step - firstStep) / seconds)
            else
                None

    /// What is left until `total` at the present rate.
    member this.Remaining(total: int) =
        let struct (_, step) = last
        this.PerSecond |> Option.map (fun rate -> TimeSpan.FromSeconds(float (max 0 (total - step)) / rate))

module Duration =
    /// 0:07, 12:34, 1:02:03.
    let print (time: TimeSpan) =
        let seconds = int64 (Math.Round time.TotalSeconds)
        let hours, minutes, rest = seconds / 3600L, seconds / 60L % 60L, seconds % 60L
        if hours > 0L then $"{hours}:{minutes:D2}:{rest:D2}" else $"{minutes}:{rest:D2}"
