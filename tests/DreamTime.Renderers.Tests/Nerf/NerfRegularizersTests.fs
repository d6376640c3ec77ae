module DreamTime.Renderers.Tests.NerfRegularizersTests

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
    testList "regularizers" [
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
