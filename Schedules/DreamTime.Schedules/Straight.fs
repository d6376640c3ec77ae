namespace DreamTime.Schedules

open System

/// Straight lines, exact where they pass a whole or half timestep at a whole step: multiplied before divided.
module internal Straight =

    /// Rises up to here can be multiplied by any number of steps.
    let private largestRise = 1e290

    /// `first` at `run = 0`, `last` at `run = length`; never beyond either.
    let between (first: float) (last: float) (run: float) (length: float) =
        let rise = last - first

        if run <= 0.0 then
            first
        elif run >= length then
            last
        elif abs rise <= largestRise then
            Math.Clamp(first + rise * run / length, min first last, max first last)
        else
            first * (1.0 - run / length) + last * (run / length)
