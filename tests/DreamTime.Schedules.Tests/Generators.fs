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

/// An expression of the schedule language and the T of a noise it fits.
type TermCase = { Timesteps: int; Expression: ScheduleExpression }

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

let private leaf timesteps =
    let mean = Gen.choose (-2, timesteps + 2) |> Gen.map float
    let deviation = pick [ 0.2; 1.0; 4.5; 30.0; 1000.0 ]

    Gen.frequency [
        3, Gen.constant Weight.snr
        3, Gen.map2 Weight.gaussian mean deviation
        2,
        Gen.map3
            (fun (low, high) s1 s2 -> Weight.plateau (float high) (float low) s1 s2)
            (interval timesteps)
            deviation
            deviation
        3, pick [ 0.0; 1e-20; 1e-9; 0.25; 1.0; 3.0; 1e6 ] |> Gen.map Weight.constant
        3, interval timesteps |> Gen.map (fun (low, high) -> Weight.window low high)
        3, Gen.choose (1, timesteps) |> Gen.map (fun t -> Weight.window t t)
    ]

let rec private weight timesteps size =
    if size <= 0 then
        leaf timesteps
    else
        let smaller = weight timesteps (size / 2)

        Gen.frequency [
            2, leaf timesteps
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
    seq {
        match weight with
        | Weight.Product(a, b)
        | Weight.Sum(a, b)
        | Weight.Minimum(a, b)
        | Weight.Maximum(a, b) ->
            yield a
            yield b

            match weight with
            | Weight.Sum _ ->
                for a in shrinkWeight a do
                    yield Weight.Sum(a, b)

                for b in shrinkWeight b do
                    yield Weight.Sum(a, b)
            | Weight.Product _ ->
                for a in shrinkWeight a do
                    yield Weight.Product(a, b)

                for b in shrinkWeight b do
                    yield Weight.Product(a, b)
            | _ -> ()
        | Weight.Quotient(inner, _)
        | Weight.Power(inner, _)
        | Weight.Truncate(_, _, inner)
        | Weight.Mirror inner -> yield inner
        | Weight.Constant 1.0 -> ()
        | _ -> yield Weight.Constant 1.0
    }

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

let private shrinkCase case =
    seq {
        for weight in shrinkWeight case.Weight do
            yield { case with Weight = weight }

        if case.Steps > 1 then
            yield { case with Steps = case.Steps / 2 }
            yield { case with Steps = case.Steps - 1 }

        if case.AlphaBars.Length > 1 then
            yield {
                case with
                    AlphaBars = Array.truncate (case.AlphaBars.Length - 1) case.AlphaBars
            }
    }

let private rising count =
    Gen.choose (1, 999)
    |> Gen.listOfLength count
    |> Gen.map (List.map (fun k -> float k / 1000.0) >> List.distinct >> List.sort)

let rec private term timesteps size =
    let t = Gen.choose (1, timesteps)
    let real = Gen.map float t

    let range = Gen.two t |> Gen.map (fun (a, b) -> min a b, max a b)

    let leaf =
        Gen.oneof [
            leaf timesteps |> Gen.map (fun w -> ScheduleTerm.Descend(Weight.sum w (Weight.constant 1e-6)))
            t |> Gen.map (float >> ScheduleTerm.at Kind.Timesteps)
            Gen.map2 (ScheduleTerm.line Kind.Timesteps) real real
            Gen.map3 (ScheduleTerm.power Kind.Timesteps) real real (pick [ 0.5; 1.0; 2.5 ])
            range |> Gen.map (fun (low, high) -> ScheduleTerm.uniform Kind.Timesteps low high)
            gen {
                let! progress = rising 3
                let! timesteps = Gen.listOfLength progress.Length real
                return ScheduleTerm.points Kind.Timesteps (List.zip (List.map Position.Share progress) timesteps)
            }
        ]

    if size <= 0 then
        leaf
    else
        let smaller = term timesteps (size / 2)

        Gen.frequency [
            2, leaf
            2, Gen.map2 (fun (low, high) inner -> ScheduleTerm.clamp (float low) (float high) inner) range smaller
            1, Gen.map ScheduleTerm.PerSample smaller
            2,
            gen {
                let! starts = rising 2
                let! stages = Gen.listOfLength (starts.Length + 1) smaller
                return ScheduleTerm.stages (List.zip (List.map Position.Share (0.0 :: starts)) stages)
            }
        ]

let private termCase =
    gen {
        let! timesteps = Gen.choose (2, 60)
        let! size = Gen.choose (0, 8)
        let! term = term timesteps size
        return { Timesteps = timesteps; Expression = ScheduleExpression term }
    }

/// Registered with FsCheck.
type Arbitraries =
    static member Case() = Arb.fromGenShrink (case, shrinkCase)
    static member TermCase() = Arb.fromGen termCase

let law name (property: 'a -> 'b) =
    testPropertyWithConfig
        {
            FsCheckConfig.defaultConfig with
                maxTest = 400
                arbitrary = [ typeof<Arbitraries> ]
        }
        name
        property
