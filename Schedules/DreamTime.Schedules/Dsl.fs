/// The language as F# words: `snr * gaussian 500.0 125.0`. Timesteps are the paper's, `1..T`.
module DreamTime.Schedules.Dsl

/// The paper's Wd, `sqrt((1 - abar_t) / abar_t)`.
let snr: Weight = Weight.snr

/// The paper's Wp: a Gaussian of mean m and deviation s.
let gaussian (m: float) (s: float) : Weight = Weight.gaussian m s

/// The first version's weight: 1 from m2 to m1, Gaussian flanks of deviation s1 above and s2 below.
let plateau (m1: float) (m2: float) (s1: float) (s2: float) : Weight = Weight.plateau m1 m2 s1 s2

/// The same value everywhere.
let constant (value: float) : Weight = Weight.constant value

/// 1 for `low <= t <= high`, else 0.
let window (low: int) (high: int) : Weight = Weight.window low high

/// 0 outside `low..high`, before normalising.
let truncate (low: int) (high: int) (weight: Weight) : Weight = Weight.truncate low high weight

/// The lesser of two weights: `min` in the language.
let minimum (left: Weight) (right: Weight) : Weight = Weight.minimum left right

/// The greater of two weights: `max` in the language.
let maximum (left: Weight) (right: Weight) : Weight = Weight.maximum left right

/// The weight at `T + 1 - t`.
let mirror (weight: Weight) : Weight = Weight.mirror weight

/// A weight as a schedule (eq. 5).
let descend (weight: Weight) : ScheduleExpression = ScheduleExpression.Descend weight

/// One timestep throughout.
let at (t: int) : ScheduleExpression = ScheduleExpression.At t

/// Straight from the first timestep, at u = 0, to the last, at u = 1.
let line (first: int) (last: int) : ScheduleExpression = ScheduleExpression.Line(first, last)

/// `first + (last - first) u^p`.
let power (first: int) (last: int) (p: float) : ScheduleExpression =
    ScheduleExpression.Power(first, last, p)

/// Straight between the points (u, t), level outside them.
let points (points: (float * int) list) : ScheduleExpression =
    ScheduleExpression.Points(points |> Seq.map (fun (u, t) -> struct (u, t)))

/// Any of `low..high` with the same probability.
let uniform (low: int) (high: int) : ScheduleExpression = ScheduleExpression.Uniform(low, high)

/// The schedule's timestep, limited to `low..high`.
let clamp (low: int) (high: int) (schedule: ScheduleExpression) : ScheduleExpression =
    ScheduleExpression.Clamp(low, high, schedule)

/// From each u on the schedule beside it, which runs through once until the next begins. The first u is 0.
let stages (stages: (float * ScheduleExpression) list) : ScheduleExpression =
    ScheduleExpression.Stages(stages |> Seq.map (fun (u, schedule) -> struct (u, schedule)))

/// A draw for each sample of the batch instead of one for all.
let perSample (schedule: ScheduleExpression) : ScheduleExpression = ScheduleExpression.EachSample schedule
