namespace DreamTime.Schedules

/// Every word of the language.
module internal Vocabulary =

    let private weightWords = [
        "snr"
        "gaussian"
        "plateau"
        "constant"
        "window"
        "beta"
        "logitNormal"
        "p2"
        "table"
        "min"
        "max"
        "truncate"
        "mirror"
    ]

    let private scheduleWords = [
        "descend"
        "ceiling"
        "at"
        "line"
        "power"
        "cosine"
        "exponential"
        "points"
        "sigmas"
        "uniform"
        "between"
        "normal"
        "clamp"
        "shift"
        "quantise"
        "jitter"
        "reverse"
        "stages"
        "step"
        "perSample"
        "perBatch"
        "pair"
        "ahead"
    ]

    let words = weightWords @ scheduleWords @ PresetTable.names
