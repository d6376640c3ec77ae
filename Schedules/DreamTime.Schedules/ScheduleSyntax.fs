namespace DreamTime.Schedules

open System

/// The words of schedules, of timesteps or of numbers.
module internal ScheduleSyntax =

    let private ends kind (reader: TokenReader) =
        let first = reader.Value kind "the first value"
        first, reader.Value kind "the last value"

    /// `at` of timesteps is a whole one.
    let private at kind (reader: TokenReader) =
        match kind with
        | Kind.Timesteps -> float (reader.Whole 1 "the timestep")
        | Kind.Numbers -> reader.Real "the number"

    let private exponential kind (reader: TokenReader) =
        let positive name =
            match kind with
            | Kind.Timesteps -> reader.Value kind name
            | Kind.Numbers -> reader.Positive name

        let first = positive "the first value"
        ScheduleTerm.Exponential(first, positive "the last value")

    let private limits kind (reader: TokenReader) =
        match kind with
        | Kind.Timesteps ->
            let low, high = reader.Interval Int32.MinValue "the range"
            float low, float high
        | Kind.Numbers ->
            let low = reader.Real "the lower end of the range"
            low, reader.Number "the upper end of the range" (fun high -> high >= low) $"not below {Number.show low}"

    let private checkStages (first: Token) (stages: (Position * 'a) list) =
        match fst stages.Head with
        | Position.Share 0.0
        | Position.Step 0 -> ()
        | _ -> TokenReader.failAt first "a first stage that begins at u = 0"

        if fst (List.last stages) = Position.Share 1.0 then
            TokenReader.failAt first "a last stage that begins before u = 1"

    let private stages (arguments: Arguments) kind (reader: TokenReader) token =
        let first = reader.Peek
        let mutable deepest = 1

        let stages =
            reader.Steps "a stage (u, schedule)" (fun () ->
                let stage = arguments.Item kind reader token
                deepest <- max deepest stage.Depth
                stage.Value)

        checkStages first stages
        Read.above token ScheduleTerm.Stages { Value = stages; Depth = deepest }

    /// An argument that is a schedule of the asked kind and has a property that its word needs.
    let private argument
        (arguments: Arguments)
        requirement
        (isGood: ScheduleTerm -> bool)
        kind
        (reader: TokenReader)
        (token: Token)
        =
        let start = reader.Peek
        let term = arguments.Schedule kind reader token

        if not (isGood term.Value) then
            TokenReader.failAt start $"a schedule {requirement} after '{token.Text}'"

        term

    let private single arguments =
        argument arguments "of one timestep a step" (fun term -> not term.HasSecond)

    let private deterministic arguments =
        argument arguments "without draws" (fun term -> not term.IsRandom)

    /// Words that only timesteps have: a number has no noise to be measured on.
    let private ofTimesteps (arguments: Arguments) (reader: TokenReader) (token: Token) =
        let single () =
            single arguments Kind.Timesteps reader token

        let deterministic kind =
            deterministic arguments kind reader token

        match token.Text with
        | "descend" -> ValueSome(Read.above token ScheduleTerm.Descend (arguments.Weight reader token))
        | "ceiling" -> ValueSome(Read.above token ScheduleTerm.Ceiling (arguments.Weight reader token))
        | "sigmas" ->
            let sigmas = reader.Row "a sigma" (fun () -> reader.Positive "a sigma")
            ValueSome(Read.leaf (ScheduleTerm.Sigmas sigmas))
        | "quantise" ->
            let levels = reader.Whole 1 "the number of levels"
            ValueSome(Read.above token (fun term -> ScheduleTerm.Quantise(levels, term)) (single ()))
        | "normal" ->
            let centre = deterministic Kind.Timesteps
            ValueSome(Read.aboveBoth token ScheduleTerm.Normal centre (deterministic Kind.Numbers))
        | "pair" ->
            let term = single ()
            ValueSome(Read.aboveBoth token ScheduleTerm.Pair term (arguments.Schedule Kind.Numbers reader token))
        | "ahead" ->
            let share = reader.Real "the share"
            let floor = deterministic Kind.Timesteps

            ValueSome(
                Read.aboveBoth token (fun (floor, term) -> ScheduleTerm.Ahead(share, floor, term)) floor (single ())
            )
        | _ -> ValueNone

    /// The schedule that a word begins, if it is one of theirs.
    let read (arguments: Arguments) kind (reader: TokenReader) (token: Token) : Read<ScheduleTerm> voption =
        let leaf term = ValueSome(Read.leaf term)

        let above make =
            ValueSome(Read.above token make (single arguments kind reader token))

        let aboveAny make =
            ValueSome(Read.above token make (arguments.Schedule kind reader token))

        match token.Text with
        | "at" -> leaf (ScheduleTerm.At(at kind reader))
        | "line" -> leaf (ScheduleTerm.Line(ends kind reader))
        | "power" ->
            let first, last = ends kind reader
            leaf (ScheduleTerm.Power(first, last, reader.Positive "the exponent p"))
        | "cosine" -> leaf (ScheduleTerm.Cosine(ends kind reader))
        | "exponential" -> leaf (exponential kind reader)
        | "points" ->
            leaf (
                ScheduleTerm.Points(
                    reader.Steps (if kind = Kind.Timesteps then "a point (u, t)" else "a point (u, number)") (fun () ->
                        reader.Value kind "a value")
                )
            )
        | "uniform" ->
            let least = if kind = Kind.Timesteps then 1 else Int32.MinValue
            leaf (ScheduleTerm.Uniform(reader.Interval least "the range"))
        | "between" ->
            let low = deterministic arguments kind reader token
            ValueSome(Read.aboveBoth token ScheduleTerm.Between low (deterministic arguments kind reader token))
        | "clamp" ->
            let low, high = limits kind reader
            aboveAny (fun term -> ScheduleTerm.Clamp(low, high, term))
        | "shift" ->
            let by = reader.Real "what is added"
            above (fun term -> ScheduleTerm.Shift(by, term))
        | "jitter" ->
            let reach = reader.Whole 0 "the reach"
            above (fun term -> ScheduleTerm.Jitter(reach, term))
        | "reverse" -> above ScheduleTerm.Reverse
        | "stages" -> ValueSome(stages arguments kind reader token)
        | "perSample" -> aboveAny ScheduleTerm.PerSample
        | "perBatch" -> aboveAny ScheduleTerm.PerBatch
        | _ when kind = Kind.Timesteps -> ofTimesteps arguments reader token
        | _ -> ValueNone
