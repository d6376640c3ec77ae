module DreamTime.Renderers.Tests.RayMarcherTests

open System
open System.Numerics
open Expecto
open DreamTime.Renderers

let private marcher (options: NerfOptions) = RayMarcher(options, OccupancyGrid 0)

let private march (marcher: RayMarcher) origin direction (jitter: uint32 Nullable) =
    let distances: float32[] = Array.zeroCreate marcher.MaxSamples
    Array.truncate (marcher.March(origin, direction, jitter, distances)) distances

let private none = Nullable<uint32>()

let private bounds = [ NerfBounds.Sphere; NerfBounds.Box ]

/// A ray from a random place within 4 of the origin, towards a random place within the ball.
let private ray seed =
    let r = Agreement.random seed 6 |> Agreement.single
    let origin = 4f * Vector3(r[0], r[1], r[2])
    origin, Vector3.Normalize(Vector3(r[3], r[4], r[5]) - origin)

let tests =
    testList "ray marcher" [
        testProperty
            "samples lie within the bounds, one in every interval of a step, front to back"
            (fun (seed: int) jitter radius ->
                for shape in bounds do
                    let options =
                        NerfOptions(Bounds = shape, SamplesPerRay = 24, Radius = 0.5f + float32 (abs radius % 4))

                    let marcher = marcher options
                    let origin, direction = ray seed
                    let distances = march marcher origin direction (Nullable jitter)

                    for i in 0 .. distances.Length - 1 do
                        // On the surface itself rounding decides.
                        Expect.isTrue
                            (marcher.Contains(0.9999f * (origin + distances[i] * direction)))
                            $"{shape} sample {i}"

                        Expect.isGreaterThanOrEqual distances[i] 0f "before the camera"

                    for a, b in Array.pairwise distances do
                        Expect.isTrue (b > a && b - a < 2.001f * marcher.Step) $"{shape}: {a} then {b}")

        testProperty
            "centres of intervals are a step apart, and cover what the ray has within the bounds"
            (fun (seed: int) ->
                for shape in bounds do
                    let marcher = marcher (NerfOptions(Bounds = shape, SamplesPerRay = 24))
                    let origin, direction = ray seed
                    let distances = march marcher origin direction none

                    for a, b in Array.pairwise distances do
                        Expect.floatClose { absolute = 1e-5; relative = 0.0 } (float (b - a)) (float marcher.Step) ""

                    let inside =
                        Seq.init 8000 (fun i -> 0.001f * float32 i)
                        |> Seq.filter (fun t -> marcher.Contains(origin + t * direction))
                        |> Seq.length

                    let expected = 0.001 * float inside / float marcher.Step

                    Expect.isTrue
                        (abs (float distances.Length - expected) <= 0.6)
                        $"{shape}: {distances.Length} samples for a length of {expected} steps")

        testCase "a ray through the centre takes SamplesPerRay samples, along an axis too"
        <| fun () ->
            for shape in bounds do
                let distances =
                    march
                        (marcher (NerfOptions(Bounds = shape, SamplesPerRay = 24)))
                        (Vector3(3f, 0f, 0f))
                        -Vector3.UnitX
                        none

                Expect.equal distances.Length 24 $"{shape}"

                Expect.floatClose
                    { absolute = 1e-5; relative = 0.0 }
                    (float distances[0])
                    (2.0 + 1.0 / 24.0)
                    "the first centre"

        testCase "rays that miss, or look away, take none"
        <| fun () ->
            for shape in bounds do
                let marcher = marcher (NerfOptions(Bounds = shape))
                Expect.isEmpty (march marcher (Vector3(3f, 0f, 0f)) Vector3.UnitX none) "away"
                Expect.isEmpty (march marcher (Vector3(3f, 1.01f, 0f)) -Vector3.UnitX none) "past"

        testProperty
            "an unbounded ray covers all it sees, from the camera to many radii away, in intervals that add up"
            (fun (seed: int) (jitter: uint32 Nullable) ->
                let marcher =
                    marcher (NerfOptions(Bounds = NerfBounds.Unbounded, SamplesPerRay = 24, Radius = 1.5f))

                let origin, direction = ray seed
                let origin = 0.3f * origin
                let distances = march marcher origin direction jitter
                Expect.isLessThan distances[0] (1.01f * marcher.Step) "from the camera on"
                Expect.isGreaterThan (Array.last distances) 8f "to far away"

                for a, b in Array.pairwise distances do
                    Expect.isLessThan a b "front to back"

                for distance in distances do
                    let unit = marcher.ToUnit(origin + distance * direction)
                    Expect.isLessThan ((unit - Vector3 0.5f).Length()) 0.5f "inside the cube's ball"

                if not jitter.HasValue then
                    // The sum of the intervals up to the sample before the last is the way from the camera to between the two.
                    let length distance =
                        marcher.Step * marcher.StretchAt(origin, direction, distance)

                    let until = distances[.. distances.Length - 9] |> Array.sumBy length
                    let low, high = distances[distances.Length - 9], distances[distances.Length - 8]

                    Expect.isTrue
                        (until > 0.97f * low && until < 1.03f * high)
                        $"intervals add up to {until}, samples lie at {low} and {high}")

        testProperty "jitter is a function of its seed, and another seed gives other places" (fun (seed: int) jitter ->
            let marcher = marcher (NerfOptions())
            let origin, direction = ray seed

            let places j =
                march marcher origin direction (Nullable j)

            Expect.equal (places jitter) (places jitter) "again"

            if (places jitter).Length > 3 then
                Expect.notEqual (places jitter) (places (jitter + 1u)) "another")

        testCase "jitter is uniform over the interval"
        <| fun () ->
            let marcher = marcher (NerfOptions(SamplesPerRay = 100))

            let shares = [|
                for jitter in 0u .. 99u do
                    for k, distance in
                        Seq.indexed (march marcher (Vector3(3f, 0f, 0f)) -Vector3.UnitX (Nullable jitter)) do
                        (float distance - 2.0) / float marcher.Step - float k
            |]
            // Mean and variance of 10,000 uniform numbers: 4 standard errors are 0.012 and 0.003.
            Expect.floatClose { absolute = 0.012; relative = 0.0 } (Array.average shares) 0.5 "mean"
            let variance = shares |> Array.averageBy (fun s -> (s - 0.5) * (s - 0.5))
            Expect.floatClose { absolute = 0.003; relative = 0.0 } variance (1.0 / 12.0) "variance"
    ]
