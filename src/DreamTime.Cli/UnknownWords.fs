/// Words of a prompt that the prior never saw: they run, but the prior has nothing to say about them.
module DreamTime.Cli.UnknownWords

open System
open DreamTime.Diffusion

let private most = 10

/// Names them in one line.
let warn (terminal: Terminal) (prior: Prior) (prompt: Prompt) =
    let words = prior.UnknownWords prompt.Text |> Seq.map Fault.quote |> List.ofSeq

    if not words.IsEmpty then
        let listed = String.Join(", ", List.truncate most words)
        let rest = if words.Length > most then $" and {words.Length - most} more" else ""
        terminal.Warn $"the prior was not trained on {listed}{rest}; it can only guess what is meant"
