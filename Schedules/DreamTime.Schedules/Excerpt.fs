namespace DreamTime.Schedules

/// Texts in messages: long ones are cut, so that a message stays one readable line.
module internal Excerpt =

    let private longest = 80

    let ofText (text: string) =
        if text.Length <= longest then text else text.Substring(0, longest) + "…"
