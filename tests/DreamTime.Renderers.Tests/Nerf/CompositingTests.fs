module DreamTime.Renderers.Tests.CompositingTests

open System.Numerics
open Expecto
open DreamTime.Renderers

/// The samples of a ray; colours as three planes.
type internal Ray = {
    Density: float[]
    Color: float[][]
    Distance: float[]
    Step: float
    Background: float[]
}

type internal Implementation = {
    Name: string
    /// Relative to the largest number; absolute for weights, since 1 - exp(-x) knows x to an ulp of 1 only.
    /// Float: sums and running products over up to 60 samples, an ulp (6e-8) each.
    Tolerance: float
    /// Red, green, blue, opacity, depth.
    Forward: Ray -> float[]
    Weights: Ray -> float[]
    /// Gradients of the five results and of the weights to those of the densities and of the three colours, one after the other.
    Backward: Ray -> float[] -> float[] -> float[]
}

let internal reference = {
    Name = "double reference"
    Tolerance = 1e-12
    Forward = fun ray -> CompositingReference.Forward(ray.Density, ray.Color, ray.Distance, ray.Step, ray.Background)
    Weights = fun ray -> CompositingReference.Weights(ray.Density, ray.Step)
    Backward =
        fun ray result weights ->
            let struct (density, color) =
                CompositingReference.Backward(
                    ray.Density,
                    ray.Color,
                    ray.Distance,
                    ray.Step,
                    ray.Background,
                    result,
                    weights
                )

            Array.concat (Seq.append [ density ] color)
}

let private vector (numbers: float[]) =
    Vector3(float32 numbers[0], float32 numbers[1], float32 numbers[2])

let private composite (ray: Ray) earlyStop =
    let color = Array.map Agreement.single ray.Color

    Compositing.Forward(
        Agreement.single ray.Density,
        color[0],
        color[1],
        color[2],
        Agreement.single ray.Distance,
        float32 ray.Step,
        vector ray.Background,
        earlyStop
    )

let private weights (ray: Ray) =
    let weights: float32[] = Array.zeroCreate ray.Density.Length
    Compositing.Weights(Agreement.single ray.Density, float32 ray.Step, weights)
    weights

let internal vectors = {
    Name = "vectors"
    Tolerance = 5e-6
    Forward =
        fun ray ->
            let result = composite ray 0f
            Agreement.double [| result.Color.X; result.Color.Y; result.Color.Z; result.Opacity; result.Depth |]
    Weights = weights >> Agreement.double
    Backward =
        fun ray result weightGradient ->
            let color = Array.map Agreement.single ray.Color
            let density: float32[] = Array.zeroCreate ray.Density.Length

            Compositing.Backward(
                weights ray,
                Agreement.single weightGradient,
                color[0],
                color[1],
                color[2],
                Agreement.single ray.Distance,
                float32 ray.Step,
                vector ray.Background,
                vector result,
                float32 result[3],
                float32 result[4],
                density
            )

            Agreement.double (Array.concat (Seq.append [ density ] color))
}

/// A ray of 1 to 60 samples whose densities span fog to wall, some exactly empty; the last is dense, so that something is always to be seen.
let private random seed =
    let count = 1 + abs (seed % 60)

    let unit salt n =
        Agreement.random (seed + salt) n |> Array.map (fun x -> 0.5 + 0.5 * x)

    {
        Density =
            Array.init count (fun i ->
                if i = count - 1 then 20.0
                elif (unit 1 count)[i] < 0.2 then 0.0
                else float (float32 (20.0 * (unit 2 count)[i] ** 4.0)))
        Color = Array.init 3 (fun c -> unit (3 + c) count)
        Distance = Array.init count (fun i -> 2.0 + 0.0625 * float i)
        Step = 0.0625
        Background = unit 6 3
    }

let private gradientOf (implementation: Implementation) ray seed =
    let result = Agreement.random seed 5
    let weightGradient = Agreement.random (seed + 1) ray.Density.Length
    result, weightGradient, implementation.Backward ray result weightGradient

let private testsOf (implementation: Implementation) =
    let colorOf ray = (implementation.Forward ray)[..2]

    testList implementation.Name [
        testProperty "results, weights and gradients are the definition's" (fun (seed: int) ->
            let ray = random seed
            Agreement.values "result" implementation.Tolerance (reference.Forward ray) (implementation.Forward ray)
            Agreement.within "weights" implementation.Tolerance (reference.Weights ray) (implementation.Weights ray)
            let result, weightGradient, actual = gradientOf implementation ray seed
            Agreement.values "gradient" implementation.Tolerance (reference.Backward ray result weightGradient) actual)

        testProperty "finite differences give the gradients" (fun (seed: int) ->
            let ray = random seed
            let result, weightGradient, gradient = gradientOf implementation ray seed
            let n = ray.Density.Length

            let loss () =
                Array.sum (Array.map2 (*) (reference.Forward ray) result)
                + Array.sum (Array.map2 (*) (reference.Weights ray) weightGradient)

            let tolerance = 1e-7 + implementation.Tolerance
            Agreement.finiteDifferences "density" tolerance (seq { 0 .. n - 1 }) loss ray.Density gradient

            for c in 0..2 do
                Agreement.finiteDifferences
                    $"colour {c}"
                    tolerance
                    (seq { 0 .. n - 1 })
                    loss
                    ray.Color[c]
                    gradient[(c + 1) * n ..])

        testProperty "the opacity depends on the densities' sum only" (fun (seed: int) ->
            let ray = random seed
            let opacity = 1.0 - exp (-ray.Step * Array.sum ray.Density)
            Expect.floatClose { absolute = 2e-6; relative = 0.0 } ((implementation.Forward ray)[3]) opacity "")

        testProperty "a uniform medium may be cut into twice as many samples" (fun (seed: int) ->
            let ray = random seed
            let both = Array.collect (fun x -> [| x; x |])

            let halves = {
                ray with
                    Density = both ray.Density
                    Color = Array.map both ray.Color
                    Distance = both ray.Distance
                    Step = ray.Step / 2.0
            }

            Agreement.values "colour" 1e-5 (colorOf ray) (colorOf halves))

        testProperty "nothing on the way shows the background, a wall shows itself" (fun (seed: int) ->
            let ray = random seed
            let n = ray.Density.Length
            let nothing = { ray with Density = Array.zeroCreate n }
            Agreement.values "background" 1e-6 ray.Background (colorOf nothing)

            let wall = {
                ray with
                    Density = Array.init n (fun i -> if i = 0 then 1e4 else ray.Density[i])
            }

            Agreement.values "wall" 1e-6 (Array.map Array.head ray.Color) (colorOf wall))
    ]

let tests =
    testList "compositing" [
        testsOf reference
        testsOf vectors

        testProperty
            "a ray stops early behind the sample that makes it opaque, and its colour hardly changes"
            (fun (seed: int) ->
                let ray = random seed
                let stopped, full = composite ray 1e-2f, composite ray 0f
                let before = ray.Density |> Array.truncate (stopped.Used - 1) |> Array.sum
                let after = ray.Density |> Array.truncate stopped.Used |> Array.sum
                Expect.isGreaterThan (exp (-ray.Step * before)) 0.9999e-2 "transmittance before the last sample"

                if stopped.Used < ray.Density.Length then
                    Expect.isLessThan (exp (-ray.Step * after)) 1.0001e-2 "transmittance behind the last sample"

                Expect.isLessThan (Vector3.Distance(stopped.Color, full.Color)) 0.02f "colour")

        testCase "a ray without samples shows the background"
        <| fun () ->
            let empty = {
                random 0 with
                    Density = [||]
                    Color = [| [||]; [||]; [||] |]
                    Distance = [||]
            }

            let result = composite empty 1e-4f
            Expect.equal result.Color (vector empty.Background) "colour"
            Expect.equal (result.Opacity, result.Depth, result.Used) (0f, 0f, 0) "opacity, depth, samples"
    ]
