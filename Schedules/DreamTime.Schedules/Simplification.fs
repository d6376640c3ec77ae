namespace DreamTime.Schedules

open System
open System.Collections.Generic

/// Rewrites from the leaves up until no law finds anything. Gives the laws used, in order, beside the result.
module internal Simplification =

    /// Whether the scale of the weights below is seen from above.
    let private changeWeights (change: bool -> Weight -> Weight) scaleCounts weight =
        let both make left right seen =
            make (change seen left, change seen right)

        match weight with
        | Weight.Product(left, right) -> both Weight.Product left right scaleCounts
        | Weight.Sum(left, right) -> both Weight.Sum left right true
        | Weight.Minimum(left, right) -> both Weight.Minimum left right true
        | Weight.Maximum(left, right) -> both Weight.Maximum left right true
        | Weight.Quotient(inner, divisor) -> Weight.Quotient(change scaleCounts inner, divisor)
        | Weight.Power(inner, exponent) -> Weight.Power(change scaleCounts inner, exponent)
        | Weight.Truncate(low, high, inner) -> Weight.Truncate(low, high, change scaleCounts inner)
        | Weight.Mirror inner -> Weight.Mirror(change scaleCounts inner)
        | leaf -> leaf

    let rec private weight (used: ResizeArray<SimplificationLaw>) scaleCounts (given: Weight) : Weight =
        let given = changeWeights (weight used) scaleCounts given

        let found =
            WeightLaws.all
            |> Seq.filter (fun law -> law.Law.KeepsScale || not scaleCounts)
            |> Seq.tryPick (fun law ->
                match law.Rewrite given with
                | ValueSome shorter -> Some(law.Law, shorter)
                | ValueNone -> None)

        match found with
        | Some(law, shorter) ->
            used.Add law
            weight used scaleCounts shorter
        | None -> given

    let private changeTerms (change: Kind -> ScheduleTerm -> ScheduleTerm) kind term =
        let inner = change kind
        let numbers = change Kind.Numbers

        match term with
        | ScheduleTerm.Between(low, high) -> ScheduleTerm.Between(inner low, inner high)
        | ScheduleTerm.Normal(centre, deviation) -> ScheduleTerm.Normal(inner centre, numbers deviation)
        | ScheduleTerm.Clamp(low, high, term) -> ScheduleTerm.Clamp(low, high, inner term)
        | ScheduleTerm.Shift(by, term) -> ScheduleTerm.Shift(by, inner term)
        | ScheduleTerm.Quantise(levels, term) -> ScheduleTerm.Quantise(levels, inner term)
        | ScheduleTerm.Jitter(reach, term) -> ScheduleTerm.Jitter(reach, inner term)
        | ScheduleTerm.Reverse term -> ScheduleTerm.Reverse(inner term)
        | ScheduleTerm.Stages stages ->
            ScheduleTerm.Stages(stages |> List.map (fun (position, stage) -> position, inner stage))
        | ScheduleTerm.PerSample term -> ScheduleTerm.PerSample(inner term)
        | ScheduleTerm.PerBatch term -> ScheduleTerm.PerBatch(inner term)
        | ScheduleTerm.Pair(term, offset) -> ScheduleTerm.Pair(inner term, numbers offset)
        | ScheduleTerm.Ahead(share, floor, term) -> ScheduleTerm.Ahead(share, inner floor, inner term)
        | leaf -> leaf

    let rec private term (used: ResizeArray<SimplificationLaw>) kind (given: ScheduleTerm) : ScheduleTerm =
        let given =
            match changeTerms (term used) kind given with
            | ScheduleTerm.Descend inner -> ScheduleTerm.Descend(weight used false inner)
            | ScheduleTerm.Ceiling inner -> ScheduleTerm.Ceiling(weight used false inner)
            | other -> other

        let found =
            TermLaws.all
            |> Seq.tryPick (fun law ->
                match law.Rewrite kind given with
                | ValueSome shorter -> Some(law.Law, shorter)
                | ValueNone -> None)

        match found with
        | Some(law, shorter) ->
            used.Add law
            term used kind shorter
        | None -> given

    let private withUsed simplify given =
        let used = ResizeArray<SimplificationLaw>()
        simplify used given, List.ofSeq used

    /// A weight whose values stay.
    let ofWeight: Weight -> Weight * SimplificationLaw list =
        withUsed (fun used -> weight used true)

    /// A schedule of timesteps.
    let ofTerm: ScheduleTerm -> ScheduleTerm * SimplificationLaw list =
        withUsed (fun used -> term used Kind.Timesteps)

    /// A schedule of numbers.
    let ofNumbers: ScheduleTerm -> ScheduleTerm * SimplificationLaw list =
        withUsed (fun used -> term used Kind.Numbers)

/// The laws by which expressions are simplified.
[<AbstractClass; Sealed>]
type SimplificationLaws private () =

    static let all =
        [ for law in WeightLaws.all -> law.Law ] @ [ for law in TermLaws.all -> law.Law ]
        |> Array.ofList
        |> Array.AsReadOnly

    /// Every law: those of weights, then those of schedules.
    static member All: IReadOnlyList<SimplificationLaw> = all
