namespace DreamTime.Schedules

open System

/// Terms from numbers of a program, which are checked as the parser checks those of a text.
[<CompilationRepresentation(CompilationRepresentationFlags.ModuleSuffix)>]
module internal ScheduleTerm =

    let private outside (parameter: string) (value: obj) message : 'a =
        raise (ArgumentOutOfRangeException(parameter, value, message))

    let private checkValue kind parameter (value: float) =
        Number.checkFinite parameter value

        if kind = Kind.Timesteps && value < 1.0 then
            outside parameter value "A timestep is 1 or above."

    let private checkDepth (term: ScheduleTerm) =
        if term.Depth > Depth.most then
            raise (ArgumentException $"A schedule is at most {Depth.most} words and operators deep.")

        term

    let private checkInterval (low: float) (high: float) =
        if not (low <= high) then
            outside (nameof low) low $"The range is empty: low must not be above high, {Number.show high}."

    let private checkPosition (parameter: string) position =
        match position with
        | Position.Share u when not (u >= 0.0 && u <= 1.0) -> outside parameter u "The progress u is in 0..1."
        | Position.Step i when i < 0 -> outside parameter i "A step to begin after is 0 or above."
        | _ -> ()

    /// Positions rise and count one thing, shares or steps; a share of 0 may begin either.
    let private checkRising (parameter: string) (positions: Position list) =
        if positions.IsEmpty then
            raise (ArgumentException("At least one is needed.", parameter))

        List.iter (checkPosition parameter) positions

        for before, after in List.pairwise positions do
            match before, after with
            | Position.Share u, Position.Share v when v > u -> ()
            | Position.Step i, Position.Step k when k > i -> ()
            | Position.Share 0.0, Position.Step i when i > 0 -> ()
            | Position.Share _, Position.Share _
            | Position.Step _, Position.Step _
            | Position.Share 0.0, Position.Step _ ->
                outside parameter (string after) $"Positions must rise; before it stands {before}."
            | _ -> outside parameter (string after) "Positions are all shares of the run or all steps."

    let private normal position =
        match position with
        | Position.Share u -> Position.Share(u + 0.0)
        | step -> step

    let private checkDeterministic (parameter: string) (term: ScheduleTerm) =
        if term.IsRandom then
            raise (
                ArgumentException(
                    $"A schedule without draws is needed, not '{Excerpt.ofText (string term)}'.",
                    parameter
                )
            )

    let private checkSingle (parameter: string) (term: ScheduleTerm) =
        if term.HasSecond then
            raise (
                ArgumentException(
                    $"A schedule of one timestep a step is needed, not '{Excerpt.ofText (string term)}'.",
                    parameter
                )
            )

    /// `At` of timesteps is a whole one; `value` is what the caller was given.
    let at kind value =
        checkValue kind (nameof value) value
        ScheduleTerm.At(value + 0.0)

    let private ends kind first last =
        checkValue kind (nameof first) first
        checkValue kind (nameof last) last

    let line kind first last =
        ends kind first last
        ScheduleTerm.Line(first + 0.0, last + 0.0)

    let power kind first last exponent =
        ends kind first last
        Number.checkPositive (nameof exponent) exponent
        ScheduleTerm.Power(first + 0.0, last + 0.0, exponent)

    let cosine kind first last =
        ends kind first last
        ScheduleTerm.Cosine(first + 0.0, last + 0.0)

    let exponential (first: float) (last: float) =
        Number.checkPositive (nameof first) first
        Number.checkPositive (nameof last) last
        ScheduleTerm.Exponential(first, last)

    let exponentialTimesteps first last =
        ends Kind.Timesteps first last
        exponential first last

    let points kind (points: (Position * float) list) =
        checkRising (nameof points) (List.map fst points)
        points |> List.iter (snd >> checkValue kind (nameof points))
        ScheduleTerm.Points(points |> List.map (fun (position, value) -> normal position, value + 0.0))

    let sigmas (sigmas: float list) =
        if sigmas.IsEmpty then
            raise (ArgumentException("At least one is needed.", nameof sigmas))

        sigmas |> List.iter (Number.checkPositive (nameof sigmas))
        ScheduleTerm.Sigmas sigmas

    let uniform kind (low: int) (high: int) =
        checkValue kind (nameof low) (float low)
        checkInterval (float low) (float high)
        ScheduleTerm.Uniform(low, high)

    let between low high =
        checkDeterministic (nameof low) low
        checkDeterministic (nameof high) high
        checkDepth (ScheduleTerm.Between(low, high))

    let normalAround centre deviation =
        checkDeterministic (nameof centre) centre
        checkDeterministic (nameof deviation) deviation
        checkDepth (ScheduleTerm.Normal(centre, deviation))

    let clamp (low: float) (high: float) term =
        Number.checkFinite (nameof low) low
        Number.checkFinite (nameof high) high
        checkInterval low high
        checkDepth (ScheduleTerm.Clamp(low + 0.0, high + 0.0, term))

    let shift (by: float) term =
        Number.checkFinite (nameof by) by
        checkSingle (nameof term) term
        checkDepth (ScheduleTerm.Shift(by + 0.0, term))

    let quantise (levels: int) term =
        if levels < 1 then
            outside (nameof levels) levels "At least 1 level is needed."

        checkSingle (nameof term) term
        checkDepth (ScheduleTerm.Quantise(levels, term))

    let jitter (reach: int) term =
        if reach < 0 then
            outside (nameof reach) reach "The reach is 0 or above."

        checkSingle (nameof term) term
        checkDepth (ScheduleTerm.Jitter(reach, term))

    let reverse term =
        checkSingle (nameof term) term
        checkDepth (ScheduleTerm.Reverse term)

    let stages (stages: (Position * ScheduleTerm) list) =
        checkRising (nameof stages) (List.map fst stages)

        match fst stages.Head with
        | Position.Share 0.0
        | Position.Step 0 -> ()
        | later -> outside (nameof stages) (string later) "The first stage begins at u = 0."

        if fst (List.last stages) = Position.Share 1.0 then
            outside (nameof stages) 1.0 "The last stage begins before u = 1."

        checkDepth (ScheduleTerm.Stages(stages |> List.map (fun (position, term) -> normal position, term)))

    let perSample term =
        checkDepth (ScheduleTerm.PerSample term)

    let perBatch term = checkDepth (ScheduleTerm.PerBatch term)

    let pair term offset =
        checkSingle (nameof term) term
        checkDepth (ScheduleTerm.Pair(term, offset))

    let ahead (share: float) floor term =
        Number.checkFinite (nameof share) share
        checkSingle (nameof term) term
        checkDeterministic (nameof floor) floor
        checkDepth (ScheduleTerm.Ahead(share + 0.0, floor, term))
