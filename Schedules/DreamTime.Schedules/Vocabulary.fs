namespace DreamTime.Schedules

/// Every word of the language.
module internal Vocabulary =

    let private weightWords = [ "snr"; "gaussian"; "plateau"; "constant"; "window"; "min"; "max"; "truncate"; "mirror" ]

    let private scheduleWords = [
        "descend"
        "at"
        "line"
        "power"
        "points"
        "uniform"
        "clamp"
        "stages"
        "perSample"
    ]

    let words = weightWords @ scheduleWords @ PresetTable.names
