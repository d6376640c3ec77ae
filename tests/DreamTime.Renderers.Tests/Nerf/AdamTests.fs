module DreamTime.Renderers.Tests.AdamTests

open System.Threading.Tasks
open Expecto
open DreamTime.Renderers

let private parallelism = ParallelOptions()

/// Gradients of which every third entry is untouched, over a length that is no multiple of 8.
let private gradients seed step =
    Agreement.random (seed + step) 1003
    |> Array.mapi (fun i g -> if (i + step) % 3 = 0 || i / 64 = 5 then 0.0 else g * pown 10.0 (-(i % 9)))
    |> Agreement.single

let tests =
    testList "Adam" [
        testProperty "ten steps are the definition's, entry by entry" (fun (seed: int) ->
            let start = Agreement.random seed 1003
            let single = Agreement.single start, Array.zeroCreate 1003, Array.zeroCreate 1003
            let double = Array.copy start, Array.zeroCreate 1003, Array.zeroCreate 1003

            for step in 1..10 do
                let gradient = gradients seed step
                let expected = Agreement.double gradient
                let p, m, v = single
                Adam.Step(p, gradient, m, v, step, 0.01f, parallelism)
                Expect.all gradient (fun g -> g = 0f) "the gradient is cleared"
                let p, m, v = double
                AdamReference.Step(p, expected, m, v, step, 0.01)

            let actual, _, _ = single
            let expected, _, _ = double
            // A step is 0.01 times a ratio of two moments, each rounded ten times.
            Agreement.values "parameters" 2e-6 expected (Agreement.double actual))

        testCase "the first step has the learning rate's size, against the gradient's sign, however small the gradient"
        <| fun () ->
            for gradient in [ 1e-12f; -1e-3f; 50f ] do
                let p, m, v = [| 1f |], [| 0f |], [| 0f |]
                Adam.Step(p, [| gradient |], m, v, 1, 0.125f, parallelism)

                Expect.floatClose
                    { absolute = 2e-4; relative = 0.0 }
                    (float p[0])
                    (1.0 - 0.125 * float (sign gradient))
                    ""

        testCase "parameters without a gradient keep their value and their moments"
        <| fun () ->
            let p, m, v = Array.create 24 1f, Array.create 24 0.5f, Array.create 24 0.25f
            let gradient = Array.init 24 (fun i -> if i = 9 then 1f else 0f)
            Adam.Step(p, gradient, m, v, 3, 0.1f, parallelism)

            for i in 0..23 do
                Expect.equal ((p[i], m[i], v[i]) = (1f, 0.5f, 0.25f)) (i <> 9) $"entry {i}"

        testProperty
            "the squared norm is the sum of squares, the same bits for every number of threads"
            (fun (seed: int) ->
                let gradient = Agreement.random seed 40_000

                let norm threads =
                    Adam.SquaredNorm(Agreement.single gradient, ParallelOptions(MaxDegreeOfParallelism = threads))

                Expect.floatClose Accuracy.veryHigh (norm 1) (Array.sumBy (fun g -> g * g) gradient) "value"
                Expect.equal (norm 3) (norm 1) "bits")
    ]
