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

/// The density of a beta distribution over the run of timesteps.
let beta (a: float) (b: float) : Weight = Weight.beta a b

/// The density of a logit-normal distribution over the run of timesteps.
let logitNormal (m: float) (s: float) : Weight = Weight.logitNormal m s

/// P2's weight with its constant k and its exponent gamma.
let p2 (k: float) (gamma: float) : Weight = Weight.p2 k gamma

/// One value for each timestep, `t = 1` first.
let table (values: float list) : Weight = Weight.table values

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

/// A weight inverted upwards: the largest `t` whose tail sum reaches `i / N`.
let ceiling (weight: Weight) : ScheduleExpression = ScheduleExpression.Ceiling weight

/// One timestep throughout.
let at (t: int) : ScheduleExpression = ScheduleExpression.At t

/// Straight from the first timestep, at u = 0, to the last, at u = 1.
let line (first: float) (last: float) : ScheduleExpression = ScheduleExpression.Line(first, last)

/// `first + (last - first) u^p`.
let power (first: float) (last: float) (p: float) : ScheduleExpression =
    ScheduleExpression.Power(first, last, p)

/// Half a cosine from the first timestep to the last.
let cosine (first: float) (last: float) : ScheduleExpression = ScheduleExpression.Cosine(first, last)

/// `first (last / first)^u`.
let exponential (first: float) (last: float) : ScheduleExpression =
    ScheduleExpression.Exponential(first, last)

/// Straight between the points (u, t), level outside them.
let points (points: (float * float) list) : ScheduleExpression =
    ScheduleExpression.Points(points |> Seq.map (fun (u, t) -> struct (u, t)))

/// Straight between the points (step, t), whatever N is.
let pointsBySteps (points: (int<step> * float) list) : ScheduleExpression =
    ScheduleExpression.PointsBySteps(points |> Seq.map (fun (i, t) -> struct (int i, t)))

/// A sampler's noise levels in their order.
let sigmas (sigmas: float list) : ScheduleExpression = ScheduleExpression.Sigmas sigmas

/// Any of `low..high` with the same probability.
let uniform (low: int) (high: int) : ScheduleExpression = ScheduleExpression.Uniform(low, high)

/// Any timestep from one schedule's to another's with the same probability.
let between (low: ScheduleExpression) (high: ScheduleExpression) : ScheduleExpression =
    ScheduleExpression.Between(low, high)

/// A normal draw around a schedule's timestep.
let normal (centre: ScheduleExpression) (deviation: ScalarSchedule) : ScheduleExpression =
    ScheduleExpression.Normal(centre, deviation)

/// The schedule's timestep, limited to `low..high`.
let clamp (low: int) (high: int) (schedule: ScheduleExpression) : ScheduleExpression =
    ScheduleExpression.Clamp(low, high, schedule)

/// The schedule's timestep and a number.
let shift (by: float) (schedule: ScheduleExpression) : ScheduleExpression = ScheduleExpression.Shift(by, schedule)

/// The nearest of `levels` timesteps, evenly spaced up to T.
let quantise (levels: int) (schedule: ScheduleExpression) : ScheduleExpression =
    ScheduleExpression.Quantise(levels, schedule)

/// The schedule's timestep and a draw of `-reach..reach`.
let jitter (reach: int) (schedule: ScheduleExpression) : ScheduleExpression =
    ScheduleExpression.Jitter(reach, schedule)

/// The run's timesteps in the opposite order.
let reverse (schedule: ScheduleExpression) : ScheduleExpression = ScheduleExpression.Reverse schedule

/// From each u on the schedule beside it, which runs through once until the next begins. The first u is 0.
let stages (stages: (float * ScheduleExpression) list) : ScheduleExpression =
    ScheduleExpression.Stages(stages |> Seq.map (fun (u, schedule) -> struct (u, schedule)))

/// After each step the schedule beside it, whatever N is. The first begins after step 0.
let stagesBySteps (stages: (int<step> * ScheduleExpression) list) : ScheduleExpression =
    ScheduleExpression.StagesBySteps(stages |> Seq.map (fun (i, schedule) -> struct (int i, schedule)))

/// A draw for each sample of the batch instead of one for all.
let perSample (schedule: ScheduleExpression) : ScheduleExpression = ScheduleExpression.EachSample schedule

/// One draw for all samples of a step, as without it.
let perBatch (schedule: ScheduleExpression) : ScheduleExpression = ScheduleExpression.EachBatch schedule

/// A second timestep: the sum with an offset.
let pair (schedule: ScheduleExpression) (offset: ScalarSchedule) : ScheduleExpression =
    ScheduleExpression.Pair(schedule, offset)

/// A second timestep `t + floor(share (t - floor) r)`, r drawn from [0, 1).
let ahead (share: float) (floor: ScheduleExpression) (schedule: ScheduleExpression) : ScheduleExpression =
    ScheduleExpression.Ahead(share, floor, schedule)
