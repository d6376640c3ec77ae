namespace DreamTime.Schedules

open System

/// Which word was probably meant.
module internal Spelling =

    /// Edits (insert, delete, replace, swap neighbours) that turn one word into the other.
    let distance (left: string) (right: string) =
        let costs = Array2D.zeroCreate (left.Length + 1) (right.Length + 1)

        for i in 0 .. left.Length do
            for j in 0 .. right.Length do
                costs[i, j] <-
                    if i = 0 || j = 0 then
                        i + j
                    else
                        let replace = costs[i - 1, j - 1] + (if left[i - 1] = right[j - 1] then 0 else 1)
                        let least = min replace (1 + min costs[i - 1, j] costs[i, j - 1])

                        if i > 1 && j > 1 && left[i - 1] = right[j - 2] && left[i - 2] = right[j - 1] then
                            min least (1 + costs[i - 2, j - 2])
                        else
                            least

        costs[left.Length, right.Length]

    /// The nearest known word, or null where none is near (at most a third of its letters differ) or the word is known itself.
    let suggest (known: string list) (word: string) : string | null =
        if word.Length > 40 || List.contains word known then
            null
        else
            let near =
                known
                |> List.map (fun candidate ->
                    candidate, distance (candidate.ToLowerInvariant()) (word.ToLowerInvariant()))
                |> List.filter (fun (candidate, edits) -> edits <= max 1 (candidate.Length / 3))

            match near with
            | [] -> null
            | near -> near |> List.minBy snd |> fst
