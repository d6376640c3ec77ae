namespace DreamTime.Schedules

open System

/// A number of a list, and whether it was written as a whole one: other programs tell 5000 from 5000.0.
[<Struct>]
type internal ListEntry = { Value: float; IsWhole: bool }

/// Lists of numbers as JSON, YAML and Python write them: `[0, 0.98, 0.5, 5001]`, or one number alone.
module internal ListText =

    /// Longest text, in characters.
    let private longest = 1_000_000

    let fail message : 'a =
        raise (ScheduleConversionException message)

    let private entry (place: int) (text: string) =
        let text = text.Trim()
        let digits = text.TrimStart('-')

        match Number.tryRead text with
        | Some value -> {
            Value = value + 0.0
            IsWhole = digits.Length > 0 && Seq.forall Char.IsAsciiDigit digits
          }
        | None -> fail $"Entry {place} of the list is no finite number: '{Excerpt.ofText text}'."

    /// The entries, and whether they stood in brackets.
    let read (text: string) : struct (ListEntry list * bool) =
        let text = text.Trim()

        if text.Length > longest then
            fail $"A list of at most {longest} characters is read, found {text.Length}."

        if text.StartsWith '[' <> text.EndsWith ']' then
            fail $"A list begins with '[' and ends with ']', found '{Excerpt.ofText text}'."

        if text.StartsWith '[' then
            let inside = text.Substring(1, text.Length - 2)

            if String.IsNullOrWhiteSpace inside then
                fail "The list is empty; at least one number is needed."

            inside.Split ',' |> List.ofArray |> List.mapi (fun k item -> entry (k + 1) item), true
        else
            [ entry 1 text ], false

    let write (items: string seq) =
        let joined = String.Join(", ", items)
        $"[{joined}]"
