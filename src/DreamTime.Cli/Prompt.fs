namespace DreamTime.Cli

open System
open System.Text
open System.Text.RegularExpressions

/// What to make, in words: not empty, not endless, on one line, free of control characters.
type Prompt =
    private
    | Prompt of string

    member prompt.Text =
        let (Prompt text) = prompt
        text

module Prompt =
    let private longest = 10_000

    /// Tabs and line breaks become spaces: a prompt pasted over two lines is a prompt. Other control characters have no
    /// meaning in one, so they are refused rather than dropped.
    let parse (text: string) : Result<Prompt, string> =
        let words = Regex.Replace(text, @"\s+", " ").Trim()

        let refused =
            words.EnumerateRunes()
            |> Seq.tryFindIndex (fun rune -> Rune.IsControl rune || rune = Rune.ReplacementChar)

        if text.Length > longest then
            Error $"the prompt has {text.Length:N0} characters; at most {longest:N0} are read"
        elif words = "" then
            Error "the prompt is empty; say what to make, for example \"a red mushroom\""
        else
            match refused with
            | Some index ->
                let rune = Seq.item index (words.EnumerateRunes())

                Error $"the prompt holds U+{rune.Value:X4} at character {index + 1}, which is not text; take it out"
            | None -> Ok(Prompt words)

    /// A folder name for the prompt: ASCII letters, digits and dashes only, so that no prompt leads out of the parent folder.
    let slug (prompt: Prompt) =
        let dashed =
            Regex.Replace(prompt.Text.ToLowerInvariant(), "[^a-z0-9]+", "-").Trim '-'

        let short =
            if dashed.Length > 60 then dashed.Substring(0, 60).TrimEnd '-' else dashed

        let reserved = Regex.IsMatch(short, "^(con|prn|aux|nul|com[0-9]|lpt[0-9])$")

        if short = "" || reserved then
            let hash = Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes prompt.Text)
            $"prompt-{Convert.ToHexStringLower(hash, 0, 4)}"
        else
            short
