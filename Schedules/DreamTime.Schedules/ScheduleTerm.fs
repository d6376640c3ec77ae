namespace DreamTime.Schedules

open System

/// The syntax tree of schedules. `u = i / N` is a run's progress; timesteps are the paper's, 1 or above.
/// The same words make schedules of numbers, such as a loss weight along a run; those hold no weight, preset or pair.
[<NoComparison; RequireQualifiedAccess>]
type internal ScheduleTerm =
    | Descend of Weight
    | Ceiling of Weight
    | At of value: float
    | Line of first: float * last: float
    | Power of first: float * last: float * exponent: float
    | Cosine of first: float * last: float
    | Exponential of first: float * last: float
    | Points of (Position * float) list
    | Sigmas of float list
    | Uniform of low: int * high: int
    | Between of low: ScheduleTerm * high: ScheduleTerm
    | Normal of centre: ScheduleTerm * deviation: ScheduleTerm
    | Clamp of low: float * high: float * ScheduleTerm
    | Shift of by: float * ScheduleTerm
    | Quantise of levels: int * ScheduleTerm
    | Jitter of reach: int * ScheduleTerm
    | Reverse of ScheduleTerm
    | Stages of (Position * ScheduleTerm) list
    | PerSample of ScheduleTerm
    | PerBatch of ScheduleTerm
    | Pair of ScheduleTerm * offset: ScheduleTerm
    | Ahead of share: float * floor: ScheduleTerm * ScheduleTerm

    override term.ToString() =
        let number = Number.show

        let row show rows =
            rows |> List.map show |> String.concat ", "

        let pairs show rows =
            row (fun (position: Position, value) -> $"({position}, {show value})") rows

        match term with
        | Descend weight -> string weight
        | Ceiling weight -> $"ceiling ({weight})"
        | At value -> $"at {number value}"
        | Line(first, last) -> $"line {number first} {number last}"
        | Power(first, last, exponent) -> $"power {number first} {number last} {number exponent}"
        | Cosine(first, last) -> $"cosine {number first} {number last}"
        | Exponential(first, last) -> $"exponential {number first} {number last}"
        | Points points -> $"points [{pairs number points}]"
        | Sigmas sigmas -> $"sigmas [{row number sigmas}]"
        | Uniform(low, high) -> $"uniform {low} {high}"
        | Between(low, high) -> $"between ({low}) ({high})"
        | Normal(centre, deviation) -> $"normal ({centre}) {deviation.NumberArgument}"
        | Clamp(low, high, term) -> $"clamp {number low} {number high} ({term})"
        | Shift(by, term) -> $"shift {number by} ({term})"
        | Quantise(levels, term) -> $"quantise {levels} ({term})"
        | Jitter(reach, term) -> $"jitter {reach} ({term})"
        | Reverse term -> $"reverse ({term})"
        | Stages stages -> $"stages [{pairs string stages}]"
        | PerSample term -> $"perSample ({term})"
        | PerBatch term -> $"perBatch ({term})"
        | Pair(term, offset) -> $"pair ({term}) {offset.NumberArgument}"
        | Ahead(share, floor, term) -> $"ahead {number share} ({floor}) ({term})"

    /// As the argument that is a number along the run: one that stays the same needs no word.
    member private term.NumberArgument =
        match term with
        | At value -> Number.show value
        | term -> $"({term})"

    /// Terms directly below.
    member term.Children =
        match term with
        | Between(left, right)
        | Normal(left, right)
        | Pair(left, right)
        | Ahead(_, left, right) -> [ left; right ]
        | Clamp(_, _, inner)
        | Shift(_, inner)
        | Quantise(_, inner)
        | Jitter(_, inner)
        | Reverse inner
        | PerSample inner
        | PerBatch inner -> [ inner ]
        | Stages stages -> List.map snd stages
        | Descend _
        | Ceiling _
        | At _
        | Line _
        | Power _
        | Cosine _
        | Exponential _
        | Points _
        | Sigmas _
        | Uniform _ -> []

    /// Whether some draw decides about a timestep.
    member term.IsRandom =
        match term with
        | Uniform _
        | Between _
        | Normal _
        | Ahead _ -> true
        | Jitter(reach, inner) -> reach > 0 || inner.IsRandom
        | term -> term.Children |> List.exists _.IsRandom

    /// Whether the samples of a step may get different timesteps.
    member term.DrawsPerSample = term.DrawsFor false

    /// The same, below a `perSample` or not.
    member private term.DrawsFor eachSample =
        match term with
        | PerSample inner -> inner.DrawsFor true
        | PerBatch inner -> inner.DrawsFor false
        | Uniform _
        | Between _
        | Normal _ -> eachSample
        | Jitter(reach, inner) -> reach > 0 && eachSample || inner.DrawsFor eachSample
        | Ahead(_, _, inner) -> eachSample || inner.DrawsFor eachSample
        | term -> term.Children |> List.exists (fun child -> child.DrawsFor eachSample)

    /// Whether a step has a second timestep, at least in some stage.
    member term.HasSecond =
        match term with
        | Pair _
        | Ahead _ -> true
        | Clamp _
        | Stages _
        | PerSample _
        | PerBatch _ -> term.Children |> List.exists _.HasSecond
        | _ -> false

    /// Terms and operators above the deepest word.
    member term.Depth =
        match term with
        | Descend weight
        | Ceiling weight -> 1 + Weight.Depth (Depth.most + 1) weight
        | term -> term.Children |> List.fold (fun depth child -> max depth (1 + child.Depth)) 1
