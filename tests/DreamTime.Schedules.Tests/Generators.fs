/// Random noises, weights and schedules, with what makes eq. 5 hard: plateaus, zeros, spikes, T = 1, N = 1, N far above T.
module DreamTime.Schedules.Tests.Generators

open Expecto
open FsCheck
open FsCheck.FSharp
open DreamTime.Schedules

/// A noise, a weight on it, and a number of steps.
type Case = {
    AlphaBars: float[]
    Weight: Weight
    Steps: int
} with

    member case.Noise = NoiseSchedule.FromAlphaBars case.AlphaBars

    /// Another case's weight, unless it has a table, which fits its own noise only.
    static member WeightOf(other: Case) =
        if (string other.Weight).Contains "table" then Weight.snr else other.Weight

/// An expression of the schedule language, the T of a noise it fits, and a number of steps.
type TermCase = {
    Timesteps: int
    Expression: ScheduleExpression
    Steps: int
} with

    member case.Noise = NoiseSchedule.SquaredCosine case.Timesteps
    member case.Schedule = case.Expression.Compile case.Noise

/// A schedule of numbers.
type ScalarCase = { Scalar: ScalarSchedule }

let private pick values = Gen.elements values

let private alphaBars =
    gen {
        let! timesteps =
            Gen.frequency [ 1, Gen.constant 1; 2, Gen.choose (2, 4); 5, Gen.choose (5, 40) ]

        let! kind = Gen.choose (0, 3)

        match kind with
        | 0 -> return NoiseSchedule.ScaledLinear(0.00085, 0.012, timesteps).AlphaBars
        | 1 -> return NoiseSchedule.SquaredCosine(timesteps).AlphaBars
        | 2 ->
            let! betas =
                Gen.arrayOfLength timesteps (Gen.choose (0, 900) |> Gen.map (fun b -> float b / 1000.0))

            return NoiseSchedule.FromBetas(betas).AlphaBars
        | _ -> return Array.init timesteps (fun k -> float (timesteps - 1 - k) / float timesteps) // zero terminal SNR
    }

let private interval timesteps =
    Gen.choose (-1, timesteps + 2) |> Gen.two |> Gen.map (fun (a, b) -> min a b, max a b)

let private weightWord timesteps =
    let mean = Gen.choose (-2, timesteps + 2) |> Gen.map float
    let deviation = pick [ 0.2; 1.0; 4.5; 30.0; 1000.0 ]
    let value = pick [ 0.0; 1e-20; 1e-9; 0.25; 1.0; 3.0; 1e6 ]

    Gen.frequency [
        3, Gen.constant Weight.snr
        3, Gen.map2 Weight.gaussian mean deviation
        2,
        Gen.map3
            (fun (low, high) s1 s2 -> Weight.plateau (float high) (float low) s1 s2)
            (interval timesteps)
            deviation
            deviation
        3, Gen.map Weight.constant value
        3, interval timesteps |> Gen.map (fun (low, high) -> Weight.window low high)
        3, Gen.choose (1, timesteps) |> Gen.map (fun t -> Weight.window t t)
        1, Gen.map2 Weight.beta (pick [ 0.5; 1.0; 4.0 ]) (pick [ 0.3; 1.0; 2.5 ])
        1, Gen.map2 Weight.logitNormal (pick [ -1.0; 0.0; 2.0 ]) (pick [ 0.2; 1.0 ])
        1, Gen.map2 Weight.p2 (pick [ 0.0; 1.0; 4.0 ]) (pick [ -1.0; 0.0; 1.0; 2.5 ])
        1, Gen.listOfLength timesteps value |> Gen.map Weight.table
    ]

let rec private weight timesteps size =
    if size <= 0 then
        weightWord timesteps
    else
        let smaller = weight timesteps (size / 2)

        Gen.frequency [
            2, weightWord timesteps
            3, Gen.map2 Weight.product smaller smaller
            4, Gen.map2 Weight.sum smaller smaller
            1, Gen.map2 Weight.quotient (pick [ 0.5; 2.0; 3.0; 1e8 ]) smaller
            1, Gen.map2 Weight.power (pick [ 0.5; 1.0; 2.0; -1.0 ]) smaller
            2, Gen.map2 (fun (low, high) inner -> Weight.truncate low high inner) (interval timesteps) smaller
            1, Gen.map2 Weight.minimum smaller smaller
            1, Gen.map2 Weight.maximum smaller smaller
            1, Gen.map Weight.mirror smaller
        ]

let rec private shrinkWeight weight : Weight seq =
    let both make a b =
        seq {
            yield a
            yield b

            for a in shrinkWeight a do
                yield make (a, b)

            for b in shrinkWeight b do
                yield make (a, b)
        }

    match weight with
    | Weight.Product(a, b) -> both Weight.Product a b
    | Weight.Sum(a, b) -> both Weight.Sum a b
    | Weight.Minimum(a, b) -> both Weight.Minimum a b
    | Weight.Maximum(a, b) -> both Weight.Maximum a b
    | Weight.Quotient(inner, _)
    | Weight.Power(inner, _)
    | Weight.Truncate(_, _, inner)
    | Weight.Mirror inner -> Seq.append [ inner ] (shrinkWeight inner)
    | Weight.Constant 1.0 -> Seq.empty
    | _ -> Seq.singleton (Weight.Constant 1.0)

let private steps =
    Gen.frequency [ 1, Gen.constant 1; 3, Gen.choose (2, 30); 2, Gen.choose (31, 400) ]

let private case =
    gen {
        let! alphaBars = alphaBars
        let! size = Gen.choose (0, 12)
        let! weight = weight alphaBars.Length size
        let! steps = steps

        return { AlphaBars = alphaBars; Weight = weight; Steps = steps }
    }

let private shrinkSteps steps =
    if steps > 1 then seq [ steps / 2; steps - 1 ] else Seq.empty

let private shrinkCase (case: Case) =
    seq {
        for weight in shrinkWeight case.Weight do
            yield { case with Weight = weight }

        for steps in shrinkSteps case.Steps do
            yield { case with Steps = steps }

        if case.AlphaBars.Length > 1 then
            yield {
                case with
                    AlphaBars = Array.truncate (case.AlphaBars.Length - 1) case.AlphaBars
            }
    }

/// Positions that rise: shares of the run, or steps.
let private positions most =
    gen {
        let! count = Gen.choose (1, most)
        let! shares = Gen.choose (1, 999) |> Gen.listOfLength count
        let! countsSteps = pick [ true; false ]

        return
            List.distinct shares
            |> List.sort
            |> List.map (fun k -> if countsSteps then Position.Step k else Position.Share(float k / 1000.0))
    }

let private starts =
    positions 2
    |> Gen.map (fun positions -> List.tail (Position.Share 0.0 :: Position.Share 0.0 :: positions))

/// What a place in an expression allows.
type private Allowed = { Draws: bool; Second: bool }

let private terms (kind: Kind) (value: Gen<float>) (whole: Gen<int>) (words: Gen<ScheduleTerm> list) =
    let range = Gen.two whole |> Gen.map (fun (a, b) -> min a b, max a b)

    let deterministic =
        Gen.oneof [
            Gen.map float whole |> Gen.map (ScheduleTerm.at kind)
            Gen.map2 (ScheduleTerm.line kind) value value
            Gen.map3 (ScheduleTerm.power kind) value value (pick [ 0.5; 1.0; 2.5 ])
            Gen.map2 (ScheduleTerm.cosine kind) value value
            Gen.map2
                (fun (a: float) (b: float) -> ScheduleTerm.exponential (max 1.0 (abs a)) (max 1.0 (abs b)))
                (Gen.map float whole)
                (Gen.map float whole)
            gen {
                let! positions = positions 3
                let! values = Gen.listOfLength positions.Length value
                return ScheduleTerm.points kind (List.zip positions values)
            }
            yield! words
        ]

    let word allowed =
        if allowed.Draws then
            Gen.frequency [
                4, deterministic
                1, range |> Gen.map (fun (low, high) -> ScheduleTerm.uniform kind low high)
            ]
        else
            deterministic

    word, range

let rec private numbers allowed size : Gen<ScheduleTerm> =
    let whole = Gen.choose (-20, 20)
    let value = whole |> Gen.map (fun k -> float k / 4.0)
    let word, range = terms Kind.Numbers value whole []

    if size <= 0 then
        word allowed
    else
        let smaller = numbers allowed (size / 2)

        Gen.frequency [
            3, word allowed
            1,
            Gen.map2
                (fun (low, high) inner -> ScheduleTerm.clamp (float low / 4.0) (float high / 4.0) inner)
                range
                smaller
            1, Gen.map2 ScheduleTerm.shift value smaller
            1, Gen.map ScheduleTerm.reverse smaller
            1,
            gen {
                let! starts = starts
                let! stages = Gen.listOfLength starts.Length smaller
                return ScheduleTerm.stages (List.zip starts stages)
            }
            if allowed.Draws then
                1, Gen.map2 ScheduleTerm.jitter (Gen.choose (0, 3)) smaller
                let ends = numbers { allowed with Draws = false } (size / 2)
                1, Gen.map2 ScheduleTerm.between ends ends
        ]

let rec private term timesteps allowed size : Gen<ScheduleTerm> =
    let whole = Gen.choose (1, timesteps)

    let value =
        Gen.frequency [
            2, Gen.map float whole
            1, Gen.map (fun t -> float t - 0.5 |> max 1.0) whole
            1, Gen.map2 (fun t k -> min (float timesteps) (float t + float k / 7.0)) whole (Gen.choose (0, 6))
        ]

    let weights =
        // Whatever the weight is, this one is finite and has mass.
        weight timesteps 2
        |> Gen.map (fun w -> Weight.minimum w (Weight.constant 1e6) + Weight.constant 1e-6)

    let sigmas =
        Gen.choose (1, 5)
        |> Gen.bind (fun count -> pick [ 0.01; 0.2; 1.0; 3.0; 50.0 ] |> Gen.listOfLength count)

    let word, range =
        terms Kind.Timesteps value whole [
            Gen.map ScheduleTerm.Descend weights
            Gen.map ScheduleTerm.Ceiling weights
            Gen.map ScheduleTerm.sigmas sigmas
        ]

    if size <= 0 then
        word allowed
    else
        let within allowed = term timesteps allowed (size / 2)
        let fixedTerm = within { Draws = false; Second = false }
        let single = within { allowed with Second = false }
        let any = within allowed

        let number draws =
            numbers { Draws = draws; Second = false } (size / 2)

        Gen.frequency [
            4, word allowed
            2, Gen.map2 (fun (low, high) inner -> ScheduleTerm.clamp (float low) (float high) inner) range any
            1, Gen.map2 ScheduleTerm.shift (pick [ -3.0; -0.5; 0.25; 7.0 ]) single
            1, Gen.map2 ScheduleTerm.quantise (Gen.choose (1, timesteps + 3)) single
            1, Gen.map ScheduleTerm.reverse single
            2,
            gen {
                let! starts = starts
                let! stages = Gen.listOfLength starts.Length any
                return ScheduleTerm.stages (List.zip starts stages)
            }
            if allowed.Draws then
                1, Gen.map2 ScheduleTerm.jitter (Gen.choose (0, 3)) single
                1, Gen.map2 ScheduleTerm.between fixedTerm fixedTerm
                1, Gen.map2 ScheduleTerm.normalAround fixedTerm (number false)
                1, Gen.map ScheduleTerm.perSample any
                1, Gen.map ScheduleTerm.perBatch any
            if allowed.Second then
                1, Gen.map2 ScheduleTerm.pair single (number allowed.Draws)

                if allowed.Draws then
                    1, Gen.map3 ScheduleTerm.ahead (pick [ -0.2; 0.1; 0.5 ]) fixedTerm single
        ]

let private termCase =
    gen {
        let! timesteps = Gen.choose (2, 60)
        let! size = Gen.choose (0, 8)
        let! draws = pick [ true; false ]
        let! term = term timesteps { Draws = draws; Second = true } size
        let! steps = steps

        return { Timesteps = timesteps; Expression = ScheduleExpression term; Steps = steps }
    }

/// Smaller terms of the same kind: what is below, and the simplest word.
let rec private shrinkTerm (term: ScheduleTerm) : ScheduleTerm seq =
    seq {
        match term with
        | ScheduleTerm.Normal(inner, _)
        | ScheduleTerm.Pair(inner, _) -> yield inner
        | term -> yield! term.Children

        match term with
        | ScheduleTerm.Stages stages when stages.Length > 1 -> yield ScheduleTerm.Stages(List.truncate 1 stages)
        | ScheduleTerm.Clamp(low, high, inner) ->
            for inner in shrinkTerm inner do
                yield ScheduleTerm.Clamp(low, high, inner)
        | ScheduleTerm.Reverse inner ->
            for inner in shrinkTerm inner do
                if not inner.HasSecond then
                    yield ScheduleTerm.Reverse inner
        | ScheduleTerm.At 1.0 -> ()
        | _ -> yield ScheduleTerm.At 1.0
    }

let private shrinkTermCase case =
    seq {
        for term in shrinkTerm case.Expression.Term do
            yield { case with Expression = ScheduleExpression term }

        for steps in shrinkSteps case.Steps do
            yield { case with Steps = steps }
    }

let private scalarCase =
    Gen.choose (0, 8)
    |> Gen.bind (numbers { Draws = true; Second = false })
    |> Gen.map (fun term -> { Scalar = ScalarSchedule term })

let private shrinkScalar case =
    shrinkTerm case.Scalar.Term |> Seq.map (fun term -> { Scalar = ScalarSchedule term })

/// Registered with FsCheck.
type Arbitraries =
    static member Case() = Arb.fromGenShrink (case, shrinkCase)

    static member TermCase() =
        Arb.fromGenShrink (termCase, shrinkTermCase)

    static member ScalarCase() =
        Arb.fromGenShrink (scalarCase, shrinkScalar)

/// A law that holds for so many generated expressions; FsCheck prints the seed of a counterexample.
let lawOver count name (property: 'a -> 'b) =
    testPropertyWithConfig
        {
            FsCheckConfig.defaultConfig with
                maxTest = count
                arbitrary = [ typeof<Arbitraries> ]
        }
        name
        property

let law name (property: 'a -> 'b) = lawOver 400 name property

/// A law whose comparison is a numerical one, such as with a finite difference: among endless random weights some are so badly conditioned that any
/// tolerance fails, so that the same weights are tried in every run.
let numericalLaw name (property: 'a -> 'b) =
    testPropertyWithConfig
        {
            FsCheckConfig.defaultConfig with
                maxTest = 400
                arbitrary = [ typeof<Arbitraries> ]
                replay = Some(20231206UL, 2306124221UL, None)
        }
        name
        property
