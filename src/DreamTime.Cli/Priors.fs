/// The diffusion model that a command asks.
module DreamTime.Cli.Priors

open System
open DreamTime.Diffusion

/// Names the words of the prompt that the prior never saw: they run, but the prior has nothing to say about them.
let warnOfUnknownWords (terminal: Terminal) (prior: Prior) (prompt: Prompt) =
    let most = 10
    let words = prior.UnknownWords prompt.Text |> Seq.map Fault.quote |> List.ofSeq

    if not words.IsEmpty then
        let listed = String.Join(", ", List.truncate most words)
        let rest = if words.Length > most then $" and {words.Length - most} more" else ""
        terminal.Warn $"the prior was not trained on {listed}{rest}; it can only guess what is meant"

/// Loads the prior, and warns of what it does not know of the prompt.
let load (terminal: Terminal) (source: PriorSource) (prompt: Prompt) =
    let prior = Prior.Load source
    warnOfUnknownWords terminal prior prompt
    prior
