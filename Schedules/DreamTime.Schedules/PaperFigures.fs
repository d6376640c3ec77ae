namespace DreamTime.Schedules

open System.Collections.Generic

/// The schedule figures of DreamTime (arXiv 2306.12422v2), drawn anew.
[<AbstractClass; Sealed>]
type PaperFigures private () =

    static let named (noise: NoiseSchedule) (rows: (string * string) list) = [
        for label, text in rows -> KeyValuePair(label, Schedule.compile noise (ScheduleExpression.Parse text))
    ]

    /// Figure 5: the weight W with its factors Wd and Wp (eq. 8), and the timesteps t(i) that each of the three gives (eq. 5).
    /// <param name="noise">The noise it is about; the paper does not say which.</param>
    /// <param name="steps">N, at least 1.</param>
    /// <exception cref="T:DreamTime.Schedules.ScheduleException">`snr` is not finite on the noise.</exception>
    /// <exception cref="T:System.ArgumentOutOfRangeException">N is below 1.</exception>
    static member Figure5(noise: NoiseSchedule, steps: int) : IReadOnlyList<Chart> =
        let schedules =
            named noise [
                "t(i) by W = snr * gaussian 500 125", "dreamtime"
                "t(i) by Wd = snr", "wd-only"
                "t(i) by Wp = gaussian 500 125", "wp-only"
            ]

        [|
            SchedulePlot.Weights(Seq.head schedules[0].Value.Tables)
            SchedulePlot.Timesteps(schedules, steps)
        |]

    /// Figure 15: DreamTime's timesteps beside HiFA's and ProlificDreamer's.
    /// <param name="noise">The noise; only DreamTime's curve depends on it.</param>
    /// <param name="steps">N, at least 1.</param>
    /// <exception cref="T:DreamTime.Schedules.ScheduleException">`snr` is not finite on the noise, or T is below 981.</exception>
    /// <exception cref="T:System.ArgumentOutOfRangeException">N is below 1.</exception>
    static member Figure15(noise: NoiseSchedule, steps: int) : IReadOnlyList<Chart> =
        let schedules =
            named noise [ "DreamTime", "dreamtime"; "HiFA", "hifa"; "ProlificDreamer", "prolificdreamer" ]

        [| SchedulePlot.Timesteps(schedules, steps) |]
