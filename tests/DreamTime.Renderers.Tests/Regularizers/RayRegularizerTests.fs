/// Losses along rays: their gradients are the slopes of their definitions, and reach the field.
module DreamTime.Renderers.Tests.RayRegularizerTests

open Expecto
open DreamTime.Renderers

/// The losses as threestudio defines them, for one ray, in double.
let private opacityLoss (r: NerfRegularizers) (opacity: float) =
    let o = max 1e-3 (min (1.0 - 1e-3) opacity)

    float r.Sparsity * sqrt (opacity * opacity + 0.01)
    - float r.Opaque * (o * log o + (1.0 - o) * log (1.0 - o))

let private weightLoss (r: NerfRegularizers) (distance: float[]) (weights: float[]) =
    let total = Array.sum weights
    let shares = Array.map (fun w -> w / total) weights
    let mean = Array.sum (Array.map2 (*) shares distance)

    float r.ZVariance * Array.sum (Array.map2 (fun s t -> s * (t - mean) ** 2.0) shares distance)
    - float r.Entropy * Array.sumBy (fun s -> s * log s) shares

let private each = [
    NerfRegularizers(Sparsity = 0.5f)
    NerfRegularizers(Opaque = 2f)
    NerfRegularizers(ZVariance = 3f)
    NerfRegularizers(Entropy = 0.25f)
    NerfRegularizers(Sparsity = 1f, Opaque = 1f, ZVariance = 1f, Entropy = 1f)
]

let tests =
    testList "ray regularizers" [
        testProperty "the distortion's gradient is the slope of its double sum" (fun (seed: int) ->
            let step = 0.05
            let weights = Agreement.random seed 12 |> Array.map (fun x -> 0.06 + 0.05 * x)

            let distance =
                Array.init 12 (fun i -> 2.0 + step * (float i + if i > 5 then 3.0 else 0.0))

            let loss () =
                0.7
                * (Array.sum (
                      Array.map2
                          (fun w t -> Array.sum (Array.map2 (fun v s -> w * v * abs (t - s)) weights distance))
                          weights
                          distance
                   )
                   + Array.sumBy (fun w -> w * w * step / 3.0) weights)
                / 10.0

            let gradient: float32[] = Array.zeroCreate 12

            NerfRegularizers(Distortion = 0.7f)
                .AddWeightGradient(
                    Agreement.single weights,
                    Agreement.single distance,
                    float32 step,
                    0.3f,
                    10,
                    1,
                    gradient
                )

            // Distances near 3 in float32 differ by 3e-7 of themselves, and the running sums take twelve of them.
            Agreement.finiteDifferences "weights" 1e-4 (seq { 0..11 }) loss weights (Agreement.double gradient))

        test "the orientation's gradient in the field is the slope of its definition" {
            let options = NerfNormalTests.withMethod NormalMethod.Analytic NerfScene.small
            let renderer = NerfScene.lively options
            renderer.Regularizers <- NerfRegularizers(Orientation = 3f)
            let side = 5
            let images = renderer.Render(NerfScene.cameras, side, side, NerfScene.training 7L)
            let rays = NerfScene.raysOf renderer (side * side)
            renderer.Backward(ImageGradients())

            let table, weights =
                Agreement.double renderer.Field.Table.Values, Agreement.double renderer.Field.Weights.Values

            let reference = NerfReference(options, table, weights)
            let seen = images.Opacity |> Array.filter (fun o -> o > 0f) |> Array.length

            let directions =
                Array.init rays.Length (fun ray ->
                    let pixel = ray % (side * side)

                    NerfScene.cameras[ray / (side * side)]
                        .RayDirection(float32 (pixel % side) + 0.5f, float32 (pixel / side) + 0.5f, side, side))

            // The weights are held: only the normals move.
            let held = rays |> Array.map reference.Weights

            let loss () =
                3.0 / float seen
                * Seq.sum (
                    seq {
                        for ray in 0 .. rays.Length - 1 do
                            let d = directions[ray]

                            for weight, (normal: float[]) in Seq.zip held[ray] (reference.Normals rays[ray]) do
                                let facing = normal[0] * float d.X + normal[1] * float d.Y + normal[2] * float d.Z

                                weight * max 0.0 facing ** 2.0
                    }
                )

            let gradient = Agreement.double renderer.Field.Table.Gradient

            let largest =
                Seq.init gradient.Length id |> Seq.sortByDescending (fun i -> abs gradient[i]) |> Seq.truncate 10

            Agreement.finiteDifferences "table" 3e-3 largest loss table gradient
        }

        for method in [ NormalMethod.Analytic; NormalMethod.FiniteDifference ] do
            test $"the spatial smoothness' gradient in the field is the slope of its definition, {method}" {
                let options = NerfNormalTests.withMethod method NerfScene.small
                let renderer = NerfScene.lively options
                renderer.Regularizers <- NerfRegularizers(SpatialNormalSmoothness = 3f)
                renderer.Render(NerfScene.cameras, 4, 4, NerfScene.training 7L) |> ignore
                let samples = renderer.TrainingSamples

                let positions (at: Samples) =
                    Array.init at.Count (fun i -> struct (float at.X[i], float at.Y[i], float at.Z[i]))

                let here = positions samples
                renderer.Backward(ImageGradients())
                let there = positions renderer.Smoothness.Moved

                let table, weights =
                    Agreement.double renderer.Field.Table.Values, Agreement.double renderer.Field.Weights.Values

                let reference = NerfReference(options, table, weights)

                let normals (places: struct (float * float * float)[]) =
                    reference.Normals(
                        NerfReference.Ray(places, Array.zeroCreate places.Length, 1.0, [| 0.0; 0.0; 0.0 |])
                    )

                let loss () =
                    Seq.zip (normals here) (normals there)
                    |> Seq.sumBy (fun (a: float[], b: float[]) ->
                        Seq.sumBy (fun axis -> abs (a[axis] - b[axis])) [ 0..2 ])
                    |> fun sum -> 3.0 * sum / float (3 * here.Length)

                Expect.isGreaterThan (loss ()) 0.01 "normals differ"

                for struct (x, y, z), struct (u, v, w) in Seq.zip here there do
                    let way =
                        sqrt ((x - u) ** 2.0 + (y - v) ** 2.0 + (z - w) ** 2.0) * 2.0 * float options.Radius

                    Expect.isLessThan way 0.06 "a little way off"

                let gradient = Agreement.double renderer.Field.Table.Gradient

                let largest =
                    Seq.init gradient.Length id |> Seq.sortByDescending (fun i -> abs gradient[i]) |> Seq.truncate 10

                Agreement.finiteDifferences "table" 1e-2 largest loss table gradient
            }

        test "the eikonal weight of a step takes the place of the options'" {
            let gradient weight =
                let renderer = NeusScene.renderer 0
                renderer.Regularizers <- NerfRegularizers(Eikonal = weight)
                NeusScene.render renderer |> ignore
                renderer.Backward(ImageGradients())
                Agreement.double renderer.Field.Table.Gradient

            // The options say 0.7.
            Agreement.gradients "table" 1e-5 0.0 (gradient (System.Nullable 0.7f)) (gradient (System.Nullable()))

            Agreement.gradients
                "table"
                1e-5
                0.0
                (gradient (System.Nullable 1.4f))
                (gradient (System.Nullable 0.7f) |> Array.map ((*) 2.0))

            Expect.all (gradient (System.Nullable 0f)) (fun g -> g = 0.0) "none"
        }


        testProperty "the opacity's gradient is the slope of the losses" (fun (seed: int) ->
            for r in each do
                for o in Agreement.random seed 8 |> Array.map (fun x -> 0.5 + 0.49 * x) do
                    let slope = (opacityLoss r (o + 1e-6) - opacityLoss r (o - 1e-6)) / 2e-6

                    Expect.floatClose
                        { absolute = 2e-5; relative = 2e-5 }
                        (10.0 * float (r.OpacityGradient(float32 o, 10)))
                        slope
                        $"at {o}")

        testProperty "the weights' gradient is the slope of the losses" (fun (seed: int) ->
            for r in each do
                let weights = Agreement.random seed 12 |> Array.map (fun x -> 0.06 + 0.05 * x)
                let distance = Array.init 12 (fun i -> 2.0 + 0.05 * float i)
                let gradient: float32[] = Array.zeroCreate 12
                r.WeightGradient(Agreement.single weights, Agreement.single distance, 10, gradient)
                let gradient = Agreement.double gradient |> Array.map ((*) 10.0)

                if r.ZVariance <> 0f || r.Entropy <> 0f then
                    Agreement.finiteDifferences
                        "weights"
                        5e-5
                        (seq { 0..11 })
                        (fun () -> weightLoss r distance weights)
                        weights
                        gradient
                else
                    Expect.all gradient (fun g -> g = 0.0) "nothing asked, nothing given")

        testCase "samples without weight give finite gradients"
        <| fun () ->
            let gradient: float32[] = Array.zeroCreate 4
            let weights: float32[] = [| 0f; 0.9f; 1e-20f; 0f |]
            let distance: float32[] = [| 1f; 2f; 3f; 4f |]
            NerfRegularizers(Entropy = 1f, ZVariance = 1f).WeightGradient(weights, distance, 1, gradient)
            Expect.all gradient System.Single.IsFinite ""
            let opacity = NerfRegularizers(Opaque = 1f, Sparsity = 1f)
            Expect.all [ opacity.OpacityGradient(0f, 1); opacity.OpacityGradient(1f, 1) ] System.Single.IsFinite ""
    ]
