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

/// Runs `work`, whose argument shows a line in place of the one before; where nobody watches, one every few seconds is written,
/// and each that is said to be important.
let show (clock: TimeProvider) (terminal: Terminal) (work: (bool -> string -> unit) -> 'a) : 'a =
    let started = clock.GetTimestamp()
    let mutable shown = None

    let throttled (period: TimeSpan) (write: string -> unit) (important: bool) (text: string) =
        let now = clock.GetElapsedTime started

        match shown with
        | Some before when not important && now - before < period -> ()
        | _ ->
            shown <- Some now
            write text

    if terminal.IsLive then
        let console =
            AnsiConsole.Create(AnsiConsoleSettings(Out = AnsiConsoleOutput terminal.Error, Ansi = AnsiSupport.Yes))

        let fit (text: string) =
            let width = console.Profile.Width
            Text(if text.Length > width then text.Substring(0, width - 1) + "…" else text)

        console
            .Live(fit "")
            .AutoClear(true)
            .Start(fun context -> work (throttled livePeriod (fit >> context.UpdateTarget)))
    else
        work (throttled plainPeriod terminal.Error.WriteLine)

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

    show clock terminal (fun write ->
        work (fun step detail ->
            rate.Mark(clock.GetElapsedTime started, step)
            write (step >= total) (line name total rate step detail)))
