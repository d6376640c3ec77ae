/// How far a long command is: one live line on a terminal, a plain line every few seconds elsewhere.
module DreamTime.Cli.Progress

open System
open Spectre.Console

let private livePeriod = TimeSpan.FromMilliseconds 100.0
let private plainPeriod = TimeSpan.FromSeconds 5.0

/// "step 120/1000, t = 646, 9.8 steps/s, 1:30 left".
let line (name: string) (total: int) (rate: Rate) (step: int) (detail: string) =
    let speed =
        match rate.PerSecond, rate.Remaining total with
        | Some perSecond, Some left ->
            let pace =
                if perSecond >= 1.0 then
                    $"{perSecond:F1} {name}s/s"
                else
                    $"{1.0 / perSecond:F1} s/{name}"

            if step < total then [ pace; $"{Duration.print left} left" ] else [ pace ]
        | _ -> []

    let details = if detail = "" then [] else [ detail ]
    String.Join(", ", $"{name} {step}/{total}" :: details @ speed)

/// Runs `work`, whose argument takes the number of finished steps and a word about the last one.
let track
    (clock: TimeProvider)
    (terminal: Terminal)
    (name: string)
    (total: int)
    (work: (int -> string -> unit) -> 'a)
    : 'a =
    let started = clock.GetTimestamp()
    let rate = Rate()
    let mutable shown = TimeSpan.MinValue

    let report (period: TimeSpan) (show: string -> unit) (step: int) (detail: string) =
        let now = clock.GetElapsedTime started
        rate.Mark(now, step)

        if shown = TimeSpan.MinValue || step >= total || now - shown >= period then
            shown <- now
            show (line name total rate step detail)

    if terminal.IsLive then
        let console =
            AnsiConsole.Create(AnsiConsoleSettings(Out = AnsiConsoleOutput terminal.Error, Ansi = AnsiSupport.Yes))

        let fit (text: string) =
            let width = console.Profile.Width
            Text(if text.Length > width then text.Substring(0, width - 1) + "…" else text)

        console
            .Live(fit "")
            .AutoClear(true)
            .Start(fun context -> work (report livePeriod (fit >> context.UpdateTarget)))
    else
        work (report plainPeriod terminal.Error.WriteLine)
