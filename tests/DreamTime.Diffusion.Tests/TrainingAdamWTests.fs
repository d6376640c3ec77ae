module DreamTime.Diffusion.Tests.TrainingAdamWTests

open Expecto
open DreamTime.Training

let private layout =
    ParameterLayout [ struct ("matrix", [| 5L; 7L |]); struct ("bias", [| 13L |]) ]

let private beta1, beta2, decay = 0.9, 0.99, 0.1

/// AdamW as the paper states it, one number at a time in double.
let private reference (weights: float[]) (gradients: float[][]) (rates: float[]) =
    let w = Array.copy weights
    let m = Array.zeroCreate<float> w.Length
    let v = Array.zeroCreate<float> w.Length

    for step in 0 .. gradients.Length - 1 do
        for k in 0 .. w.Length - 1 do
            let g = gradients[step][k]
            m[k] <- beta1 * m[k] + (1.0 - beta1) * g
            v[k] <- beta2 * v[k] + (1.0 - beta2) * g * g
            let mean = m[k] / (1.0 - beta1 ** float (step + 1))
            let square = v[k] / (1.0 - beta2 ** float (step + 1))
            let decayed = if k < 35 then rates[step] * decay * w[k] else 0.0
            w[k] <- w[k] - decayed - rates[step] * mean / (sqrt square + 1e-8)

    w

let tests =
    testList "Training AdamW" [
        test "twenty steps equal the definition in double; vectors, remainders, decay of matrices only" {
            let random = RandomStream(17L, 0L)
            let start = Array.init layout.Length (fun _ -> random.Range(-1f, 1f))

            let gradients =
                Array.init 20 (fun _ -> Array.init layout.Length (fun _ -> random.Range(-2f, 2f)))

            let rates = Array.init 20 (fun step -> 0.01f / float32 (step + 1))

            let weights, average = Array.copy start, Array.copy start
            let optimizer = AdamW(layout, float32 beta1, float32 beta2, float32 decay)
            let averages = Array.copy start |> Array.map float

            for step in 0..19 do
                optimizer.Step(weights, Array.copy gradients[step], 0.5f, rates[step], average, 0.9f)

                for k in 0 .. weights.Length - 1 do
                    averages[k] <- 0.9 * averages[k] + 0.1 * float weights[k]

            let expected =
                reference
                    (start |> Array.map float)
                    (gradients |> Array.map (Array.map (fun g -> 0.5 * float g)))
                    (rates |> Array.map float)

            for k in 0 .. weights.Length - 1 do
                // 20 steps of float32 rounding on numbers of size 1: 20 * 6e-8, with room for the square root
                Expect.isLessThan (abs (float weights[k] - expected[k])) 4e-6 $"weight {k}"
                Expect.isLessThan (abs (float average[k] - averages[k])) 4e-6 $"average {k}"
        }
    ]
