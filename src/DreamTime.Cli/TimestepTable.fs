/// Tables of timesteps as `schedule table` prints them: `step,timestep` and a line a step.
module DreamTime.Cli.TimestepTable

open System
open System.Globalization

let private header = "step,timestep"

let isTable (content: string) = content.TrimStart().StartsWith header

/// The timesteps of steps 1, 2, 3 …
let parse (content: string) : int[] =
    let lines = content.Trim().Split '\n' |> Array.map _.Trim()

    if lines[0] <> header then
        Fault.wrong $"the table's first line must be {header}, but was {Fault.quote lines[0]}"

    let whole (line: int) (text: string) =
        match Int32.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture) with
        | true, value -> value
        | _ -> Fault.wrong $"line {line} of the table: {Fault.quote text} is no whole number from 0"

    let row k (text: string) =
        let line = k + 2

        match text.Split ',' with
        | [| step; timestep |] ->
            if whole line step <> k + 1 then
                Fault.wrong $"line {line} of the table: step {k + 1} is expected, but was {Fault.quote step}"

            whole line timestep
        | _ -> Fault.wrong $"line {line} of the table: 'step,timestep' is expected, but was {Fault.quote text}"

    if lines.Length = 1 then
        Fault.wrong "the table has no steps"

    Array.mapi row lines[1..]
