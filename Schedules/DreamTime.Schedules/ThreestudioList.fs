namespace DreamTime.Schedules

open System

/// How a number goes in threestudio: the same throughout, or straight between knots (our step, value), level before and after.
[<RequireQualifiedAccess>]
type internal Course =
    | Level of float
    | Knots of (int * float) list

module internal Course =

    let private describe =
        "numbers that stay the same, [v0, v1, end], [start, v0, v1, end], or [start, v0, v1, s1, v2, s2, …]"

    /// threestudio's global step g, from 0, is our step g + 1.
    let private stepOf what (entry: ListEntry) =
        if not entry.IsWhole then
            ListText.fail
                $"The {what} {Number.show entry.Value} is written as a fraction, which threestudio counts in epochs; a step is a whole number without a point."

        if entry.Value < -1.0 || entry.Value >= float Int32.MaxValue then
            ListText.fail $"The {what} {Number.show entry.Value} is no step; steps are counted from 0."

        int entry.Value + 1

    let ofText (text: string) : Course =
        let struct (entries, isList) = ListText.read text

        let entries =
            if entries.Length = 3 then
                { Value = 0.0; IsWhole = true } :: entries
            else
                entries

        match entries with
        | [ value ] when not isList -> Course.Level value.Value
        | start :: first :: rest when rest.Length >= 2 && rest.Length % 2 = 0 ->
            // The end decides in threestudio whether steps or epochs are counted; a first knot of 0.0 beside it is step 0.
            let start = { start with IsWhole = start.IsWhole || start.Value = floor start.Value }

            let ends = [
                for pair in List.chunkBySize 2 rest do
                    stepOf "end" pair[1], pair[0].Value
            ]

            let knots = (stepOf "start" start, first.Value) :: ends

            for (before, _), (after, _) in List.pairwise knots do
                if after <= before then
                    ListText.fail $"The steps of the list must rise; {after - 1} stands behind {before - 1}."

            Course.Knots knots
        | _ -> ListText.fail $"threestudio's lists are {describe}; found {entries.Length} numbers."

    let map change course =
        match course with
        | Course.Level value -> Course.Level(change value)
        | Course.Knots knots -> Course.Knots [ for step, value in knots -> step, change value ]

    let steps course =
        match course with
        | Course.Level _ -> []
        | Course.Knots knots -> List.map fst knots

    let at (step: int) course =
        match course with
        | Course.Level value -> value
        | Course.Knots knots ->
            match List.tryFindIndex (fun (s, _) -> s > step) knots with
            | Some 0 -> snd knots.Head
            | None -> snd (List.last knots)
            | Some k ->
                let before, low = knots[k - 1]
                let after, high = knots[k]
                low + (high - low) * float (step - before) / float (after - before)

    /// The steps after which a course jumps, where it does nothing but jump from one step to the next.
    let tryJumps course =
        match course with
        | Course.Level _ -> Some []
        | Course.Knots knots ->
            let segments = List.pairwise knots

            if segments |> List.forall (fun ((s, v), (t, w)) -> v = w || t = s + 1) then
                Some [
                    for (s, v), (_, w) in segments do
                        if v <> w then
                            s
                ]
            else
                None

/// threestudio's lists of numbers along a run, its `C()`: a number; `[v0, v1, end]`; `[start, v0, v1, end]`, straight between and level
/// outside; `[start, v0, v1, s1, v2, s2, …]`, straight from knot to knot. threestudio counts steps from 0, so that its step g is our g + 1.
/// An end written with a point counts epochs there, which a schedule does not know, and is refused.
[<AbstractClass; Sealed>]
type ThreestudioList private () =

    static let exponential course =
        match course with
        | Course.Level value -> ScalarSchedule.Constant value
        | Course.Knots knots ->
            ScalarSchedule.StagesBySteps [
                struct (0, ScalarSchedule.Constant(snd knots.Head))

                for (start, first), (_, last) in List.pairwise knots do
                    if not (first > 0.0 && last > 0.0) then
                        ListText.fail
                            $"Between {Number.show first} and {Number.show last} there is no exponential; numbers above 0 are needed."

                    struct (start, ScalarSchedule.Exponential(first, last))

                let last = List.last knots
                struct (fst last, ScalarSchedule.Constant(snd last))
            ]

    static let linear course =
        match course with
        | Course.Level value -> ScalarSchedule.Constant value
        | Course.Knots knots -> ScalarSchedule.PointsBySteps [ for step, value in knots -> struct (step, value) ]

    /// A share of T as threestudio's index plus 1: `int(T v) + 1`, as a number whose nearest whole one that is.
    static let percent (timesteps: int) (text: string) =
        Course.ofText text
        |> Course.map (fun share ->
            let index = float timesteps * share

            if not (share >= 0.0 && index < float timesteps) then
                ListText.fail
                    $"A share of the timesteps is in 0..1, and below 1, as {timesteps} would be no index; found {Number.show share}."

            index)

    static let whole (index: float) = int (floor index) + 1

    static let centre course =
        match course with
        | Course.Level index -> ScheduleExpression.At(whole index)
        | Course.Knots knots when knots |> List.exists (fun (_, index) -> index < 0.5) ->
            let above =
                ScheduleExpression.PointsBySteps [ for step, index in knots -> struct (step, index + 1.0) ]

            ScheduleExpression.Shift(-0.5, above)
        | Course.Knots knots ->
            ScheduleExpression.PointsBySteps [ for step, index in knots -> struct (step, index + 0.5) ]

    static let checkOrder low high =
        for step in 1 :: Course.steps low @ Course.steps high do
            if whole (Course.at step low) > whole (Course.at step high) then
                ListText.fail
                    $"The smallest share is above the largest at threestudio's step {max 0 (step - 1)}: {Number.show (Course.at step low)} and {Number.show (Course.at step high)} timesteps."

    static let ranges low high jumps =
        let range step =
            ScheduleExpression.Uniform(whole (Course.at step low), whole (Course.at step high))

        match jumps with
        | [] -> range 1
        | jumps ->
            ScheduleExpression.StagesBySteps [
                struct (0, range 0)

                for jump in jumps do
                    struct (jump, range (jump + 1))
            ]

    /// Reads a list of numbers; straight between the knots.
    /// <param name="text">For example `[5000, 0.98, 0.5, 5001]`.</param>
    /// <exception cref="T:DreamTime.Schedules.ScheduleConversionException">This is no such list, or its end counts epochs.</exception>
    static member ToNumbers(text: string) : ScalarSchedule = ThreestudioList.ToNumbers(text, false)

    /// Reads a list of numbers.
    /// <param name="text">For example `[0, 0.01, 0.0001, 10000]`.</param>
    /// <param name="isExponential">Whether the same factor is between neighbouring steps, threestudio's `interpolation="exp"`; the numbers are above 0.</param>
    /// <exception cref="T:DreamTime.Schedules.ScheduleConversionException">This is no such list, or its end counts epochs.</exception>
    static member ToNumbers(text: string, isExponential: bool) : ScalarSchedule =
        ArgumentNullException.ThrowIfNull text
        let course = Course.ofText text
        if isExponential then exponential course else linear course

    /// Reads the smallest and the largest share of T between which threestudio draws: at each step any of
    /// `int(T min) .. int(T max)`, both included, which are indices and so one smaller than the paper's t.
    /// Equal lists are a schedule without draws. Where `T v` is a whole number, exact arithmetic is meant.
    /// <param name="smallest">`min_step_percent`, a number or a list.</param>
    /// <param name="largest">`max_step_percent`, a number or a list.</param>
    /// <param name="timesteps">T; 1000 for most models.</param>
    /// <exception cref="T:DreamTime.Schedules.ScheduleConversionException">One is no such list, or a share is outside 0..1, or the smallest above the largest.</exception>
    static member ToTimesteps(smallest: string, largest: string, timesteps: int) : ScheduleExpression =
        ArgumentNullException.ThrowIfNull smallest
        ArgumentNullException.ThrowIfNull largest

        if timesteps < 1 then
            raise (ArgumentOutOfRangeException(nameof timesteps, timesteps, "At least 1 timestep is needed."))

        let low, high = percent timesteps smallest, percent timesteps largest
        checkOrder low high

        match Course.tryJumps low, Course.tryJumps high with
        | _ when low = high -> centre low
        | Some first, Some second -> ranges low high (List.sort (List.distinct (first @ second)))
        | _ -> ScheduleExpression.Between(centre low, centre high)

    /// Writes a schedule of numbers as a list; straight between the knots. `at`, `line`, `points`, and `stages` of `at` and `line` can be said.
    /// <param name="schedule">The numbers.</param>
    /// <param name="steps">N, at least 1: shares of the run become steps, which must be whole.</param>
    /// <exception cref="T:DreamTime.Schedules.ScheduleConversionException">The list cannot say it; the message names the word.</exception>
    static member OfNumbers(schedule: ScalarSchedule, steps: int) : string =
        ArgumentNullException.ThrowIfNull schedule

        if steps < 1 then
            raise (ArgumentOutOfRangeException(nameof steps, steps, "A run has at least 1 step."))

        let stepOf position =
            let step = Position.steps (float steps) position

            if step <> floor step then
                ListText.fail
                    $"{position} of {steps} steps is step {Number.show step}; threestudio's lists count whole steps."

            int step

        let unsaid (term: ScheduleTerm) : 'a =
            ListText.fail
                $"threestudio's lists cannot say '{Excerpt.ofText (string term)}'; they say at, line, points, and stages of at and line."

        let stage start finish (term: ScheduleTerm) =
            match term with
            | ScheduleTerm.At value -> [ start + 1, value; finish, value ]
            | ScheduleTerm.Line(first, last) -> [
                start + 1, first + (last - first) / float (finish - start)
                finish, last
              ]
            | term -> unsaid term

        let rec knots (term: ScheduleTerm) =
            match term with
            | ScheduleTerm.At value -> [ 0, value ]
            | ScheduleTerm.Line(first, last) -> [ 0, first; steps, last ]
            | ScheduleTerm.Points points -> [ for position, value in points -> stepOf position, value ]
            | ScheduleTerm.Stages stages ->
                let starts = stages |> List.map (fst >> stepOf)
                let finishes = List.tail starts @ [ max steps (List.last starts + 1) ]

                List.zip3 starts finishes (List.map snd stages)
                |> List.collect (fun (start, finish, term) -> stage start finish term)
                |> List.distinct
            | term -> unsaid term

        /// A knot says nothing between, before or behind knots of the same number.
        let needed (knots: (int * float) list) =
            let values = knots |> List.map snd |> Array.ofList
            let last = values.Length - 1

            knots
            |> List.indexed
            |> List.filter (fun (k, (_, value)) ->
                let before = if k = 0 then value else values[k - 1]
                let after = if k = last then value else values[k + 1]
                before <> value || after <> value)
            |> List.map snd

        match knots schedule.Term, needed (knots schedule.Term) with
        | all, [] -> Number.show (snd all.Head)
        | _, (start, first) :: rest ->
            ListText.write [
                string (start - 1)
                Number.show first

                for step, value in rest do
                    Number.show value
                    string (step - 1)
            ]

/// Lists that say in a value why they cannot be read.
[<CompilationRepresentation(CompilationRepresentationFlags.ModuleSuffix)>]
module ThreestudioList =

    let private orReason read =
        try
            Ok(read ())
        with :? ScheduleConversionException as error ->
            Error error.Message

    /// Reads a list of numbers; straight between the knots.
    let toNumbers (text: string) : Result<ScalarSchedule, string> =
        orReason (fun () -> ThreestudioList.ToNumbers text)

    /// Reads the smallest and the largest share of T.
    let toTimesteps (timesteps: int) (smallest: string) (largest: string) : Result<ScheduleExpression, string> =
        orReason (fun () -> ThreestudioList.ToTimesteps(smallest, largest, timesteps))
