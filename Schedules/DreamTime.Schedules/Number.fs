namespace DreamTime.Schedules

open System
open System.Globalization

/// Numbers as the language writes them: a point, whatever the culture, and as many digits as reading them back needs.
module internal Number =

    let show (value: float) =
        value.ToString("R", CultureInfo.InvariantCulture)

    let tryRead (text: string) =
        match Double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture) with
        | true, value when Double.IsFinite value -> Some value
        | _ -> None

    let checkFinite (parameter: string) (value: float) =
        if not (Double.IsFinite value) then
            raise (ArgumentOutOfRangeException(parameter, value, "A finite number is needed."))

    let checkPositive (parameter: string) (value: float) =
        if not (value > 0.0 && Double.IsFinite value) then
            raise (ArgumentOutOfRangeException(parameter, value, "A number above 0 is needed."))
