/// "Did you mean": the nearest known word to a misspelt one.
module DreamTime.Cli.Suggestion

open System

/// Edits (insert, delete, replace, swap of neighbours) that turn one word into the other: optimal string alignment.
let distance (left: string) (right: string) =
    let table =
        Array2D.init (left.Length + 1) (right.Length + 1) (fun i j ->
            if j = 0 then i
            else if i = 0 then j
            else 0)

    for i in 1 .. left.Length do
        for j in 1 .. right.Length do
            let replace = table[i - 1, j - 1] + (if left[i - 1] = right[j - 1] then 0 else 1)
            let best = min replace (1 + min table[i - 1, j] table[i, j - 1])

            let swapped =
                i > 1 && j > 1 && left[i - 1] = right[j - 2] && left[i - 2] = right[j - 1]

            table[i, j] <- if swapped then min best (table[i - 2, j - 2] + 1) else best

    table[left.Length, right.Length]

/// The known word that a typing slip would explain: nearest, and not farther than a third of its letters.
let nearest (known: string seq) (word: string) =
    known
    |> Seq.map (fun candidate -> candidate, distance (candidate.ToLowerInvariant()) (word.ToLowerInvariant()))
    |> Seq.filter (fun (candidate, edits) -> edits <= max 1 (candidate.TrimStart('-').Length / 3))
    |> Seq.sortBy snd
    |> Seq.tryHead
    |> Option.map fst

/// "; did you mean 'table'?", or nothing.
let hint known word =
    match nearest known word with
    | Some candidate -> $"; did you mean '{candidate}'?"
    | None -> ""
