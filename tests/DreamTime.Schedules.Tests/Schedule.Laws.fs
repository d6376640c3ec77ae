/// Laws of eq. 5 over random noises, weights and numbers of steps.
module DreamTime.Schedules.Tests.ScheduleLaws

open Expecto
open FsCheck
open FsCheck.FSharp
open DreamTime.Schedules
open DreamTime.Schedules.Tests.Generators

/// The compiled case, or None where the oracle agrees that it must not compile.
let private compile (case: Case) =
    let values = Oracle.evaluate case.Noise case.Weight

    let isSound =
        Array.forall (fun w -> w >= 0.0 && System.Double.IsFinite w) values
        && Array.exists (fun w -> w > 0.0) values

    try
        let table = case.Weight |> WeightTable.compile case.Noise
        Expect.isTrue isSound $"compiles only what is finite, not negative and has mass: {case.Weight}"
        Some(table, Schedule.descend table)
    with :? ScheduleException as error ->
        Expect.isFalse isSound $"{error.Message}"
        None

/// A law about what compiles.
let private lawOf name property =
    law name (fun (case: Case) ->
        match compile case with
        | None -> Prop.classify true "does not compile" true
        | Some(table, schedule) ->
            property case table schedule
            Prop.classify false "does not compile" true)

let private progress i (case: Case) = float i / float case.Steps

/// Weights of the support from its top down.
let private support (table: WeightTable) =
    let weights = table.Normalised

    [
        for t in weights.Length .. -1 .. 1 do
            if weights[t - 1] > 0.0 then
                t, weights[t - 1]
    ]

let tests =
    testList "laws" [
        lawOf "compiled schedule equals the brute-force argmin of eq. 5" (fun case _ schedule ->
            let weights = Oracle.evaluate case.Noise case.Weight |> Oracle.normalise
            let steps = min case.Steps 60

            for i in 1..steps do
                Expect.equal
                    (schedule.TimestepAt(i, steps))
                    (Oracle.argmin weights (float i / float steps))
                    $"i = {i} of {steps}")

        lawOf "the timestep never rises" (fun case _ schedule ->
            Expect.isTrue schedule.NeverRises "is claimed"

            for earlier, later in Array.pairwise (schedule.Timesteps case.Steps) do
                Expect.isLessThanOrEqual later earlier "")

        lawOf "the last step is the smallest timestep of the support, and weights sum to 1" (fun case table schedule ->
            Expect.equal (schedule.TimestepAt(case.Steps, case.Steps)) (fst (List.last (support table))) "last"
            // T <= 42 additions of numbers below 1: each errs by at most 1.1e-16.
            Expect.floatClose { absolute = 1e-14; relative = 0.0 } (Array.sum table.Normalised) 1.0 "sum")

        lawOf "only i / N counts" (fun case _ schedule ->
            for i in 1 .. case.Steps do
                Expect.equal
                    (schedule.TimestepAt(i, case.Steps))
                    (schedule.TimestepAt(7 * i, 7 * case.Steps))
                    $"i = {i}")

        lawOf "steps before the first and after the last go on as these" (fun case _ schedule ->
            let n = case.Steps
            Expect.equal (schedule.TimestepAt(n + 5, n)) (schedule.TimestepAt(n, n)) "after"
            Expect.equal (schedule.TimestepAt(-3, n)) (schedule.TimestepAt(0, n)) "before")

        lawOf
            "scaling the weight changes nothing where the nearest is nearer by more than 1e-12"
            (fun case table schedule ->
                let scaled =
                    case.Weight * Weight.constant 3.7 |> WeightTable.compile case.Noise |> Schedule.descend

                let weights = table.Normalised

                for i in 1 .. case.Steps do
                    let t = schedule.TimestepAt(i, case.Steps)
                    let other = scaled.TimestepAt(i, case.Steps)

                    if t <> other then
                        let distance = Oracle.distance weights (progress i case)
                        Expect.isLessThan (abs (distance t - distance other)) 1e-12 $"i = {i}: {t} or {other}")

        lawOf "the tail sum is within half the largest weight of i / N" (fun case table schedule ->
            let weights = table.Normalised
            let top = snd (List.head (support table))

            for i in 1 .. case.Steps do
                let u = progress i case
                let gap = abs (Oracle.tailSum weights (schedule.TimestepAt(i, case.Steps)) - u)
                let bound = if u >= top / 2.0 then Array.max weights / 2.0 else top
                // The sums themselves err by 1e-14 at most.
                Expect.isLessThanOrEqual gap (bound + 1e-13) $"i = {i}")

        lawOf "a timestep gets steps as its weight and that of the next lower one say" (fun case table schedule ->
            let support = support table

            if List.forall (fun (_, w) -> w > 1e-9) support then
                let counts = schedule.Timesteps case.Steps |> Array.countBy id |> Map.ofArray
                let highest, lowest = fst support.Head, fst (List.last support)

                for k, (t, w) in List.indexed support do
                    let below = if t = lowest then 0.0 else snd support[k + 1]

                    let share =
                        match t = highest, t = lowest with
                        | true, true -> 1.0
                        | true, false -> w + below / 2.0
                        | false, true -> w / 2.0
                        | false, false -> (w + below) / 2.0

                    let count = counts |> Map.tryFind t |> Option.defaultValue 0
                    Expect.isLessThanOrEqual (abs (float count - float case.Steps * share)) (1.0 + 1e-6) $"t = {t}")

        law "a constant weight falls along T + 1 - T i / N" (fun (case: Case) ->
            let schedule =
                Weight.constant 1.0 |> WeightTable.compile case.Noise |> Schedule.descend

            let timesteps = case.AlphaBars.Length

            for i in 1 .. case.Steps do
                let line = float (timesteps + 1) - float timesteps * progress i case
                Expect.isLessThanOrEqual (abs (float (schedule.TimestepAt(i, case.Steps)) - line)) 1.0 $"i = {i}")

        lawOf "truncated to [a, b], every timestep is in [a, b]" (fun case table _ ->
            let low, high = int table.Lowest, int table.Highest
            let middle = (low + high) / 2

            let truncated =
                Weight.truncate low middle case.Weight |> WeightTable.compile case.Noise

            for t in (Schedule.descend truncated).Timesteps case.Steps do
                Expect.isTrue (low <= t && t <= middle) $"{t} in {low}..{middle}")

        lawOf "clamped to [a, b], every timestep is the unclamped one, limited" (fun case table schedule ->
            let low, high = int table.Lowest, (int table.Lowest + int table.Highest) / 2

            let clamped =
                ScheduleExpression.Clamp(low, high, schedule.Expression).Compile case.Noise

            for i in 1 .. case.Steps do
                let expected = schedule.TimestepAt(i, case.Steps) |> max low |> min high
                Expect.equal (clamped.TimestepAt(i, case.Steps)) expected $"i = {i}")

        lawOf "the mirror of a weight is its table reversed" (fun case table _ ->
            let mirrored = Weight.mirror case.Weight |> WeightTable.compile case.Noise

            for a, b in Array.zip (Array.rev table.Normalised) mirrored.Normalised do
                Expect.floatClose { absolute = 1e-300; relative = 1e-14 } a b "")

        law "operators and their named twins agree" (fun (case: Case) (other: Case) ->
            Expect.equal (case.Weight * other.Weight) (Weight.product case.Weight other.Weight) "*"
            Expect.equal (case.Weight + other.Weight) (Weight.sum case.Weight other.Weight) "+"
            Expect.equal (case.Weight / 3.0) (Weight.quotient 3.0 case.Weight) "/"
            Expect.equal (case.Weight ** 3.0) (Weight.power 3.0 case.Weight) "**")

        law
            "every schedule stays in 1..T, is a pure function of (seed, step, sample), and claims only what is so"
            (fun (case: TermCase) ->
                let noise = NoiseSchedule.SquaredCosine case.Timesteps
                let schedule = case.Expression.Compile noise
                let again = case.Expression.Compile noise
                let at seed sample = [ for i in 0..25 -> schedule.TimestepAt(i, 24, seed, sample) ]

                for seed in [ 0L; 99L ] do
                    for t in at seed 1 do
                        Expect.isTrue (1 <= t && t <= case.Timesteps) $"{t} in 1..{case.Timesteps}"

                    Expect.equal [ for i in 0..25 -> again.TimestepAt(i, 24, seed, 1) ] (at seed 1) "pure"

                if schedule.IsDeterministic then
                    Expect.equal (at 1L 0) (at 2L 3) "no draw in a deterministic schedule"

                if not schedule.PerSample then
                    Expect.equal (at 5L 0) (at 5L 3) "one draw for all samples"

                if schedule.NeverRises then
                    for earlier, later in Seq.pairwise (at 3L 2) do
                        Expect.isLessThanOrEqual later earlier "never rises")
    ]
