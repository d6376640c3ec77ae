/// Where a schedule stands: a text of the language or its JSON form, given as it is, or in a file as `@FILE`. No text begins with `@`.
module DreamTime.Cli.ScheduleSource

open System.IO
open DreamTime.Schedules

let private largestFile = 4_000_000L

/// The content of a file that should hold a schedule.
let file (path: string) =
    if not (File.Exists path) then
        Fault.world $"there is no file {Fault.quote path} (what begins with @ names a file)"

    if FileInfo(path).Length > largestFile then
        Fault.wrong $"{Fault.quote path} is larger than any schedule, {largestFile} bytes"

    File.ReadAllText path

/// What the user wrote, or what the file behind an `@` holds.
let read (given: string) =
    let text = CommandLine.text given
    if text.StartsWith '@' then file (text.Substring 1) else text

let isJson (content: string) = content.TrimStart().StartsWith '{'

/// A schedule of timesteps.
let expression (content: string) =
    if isJson content then
        ScheduleExpression.FromJson content
    else
        ScheduleExpression.Parse content

/// A weight, which a fit changes.
let weight (content: string) =
    if isJson content then Weights.FromJson content else Weights.Parse content

/// A schedule of numbers.
let numbers (content: string) =
    if isJson content then
        ScalarSchedule.FromJson content
    else
        ScalarSchedule.Parse content
