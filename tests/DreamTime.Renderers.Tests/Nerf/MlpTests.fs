module DreamTime.Renderers.Tests.MlpTests

#nowarn "9" // the kernels take pointers

open Expecto
open DreamTime.Renderers

type internal Implementation = {
    Name: string
    /// Relative to the largest number. Float: dot products of up to 32 terms, three layers of them, an ulp (6e-8) each.
    Tolerance: float
    /// Share of a gradient's entries that may differ since a ReLU's input rounds to the other side of 0.
    Flips: float
    /// Inputs [neuron][point] of one tile to outputs [neuron][point].
    Forward: MlpLayout -> float[] -> float[] -> float[]
    /// Inputs and outputs' gradients of one tile to the inputs' and the weights' gradients.
    Backward: MlpLayout -> float[] -> float[] -> float[] -> float[] * float[]
}

let private tile = Mlp.Tile

let private point (planes: float[]) p =
    Array.init (planes.Length / tile) (fun n -> planes[n * tile + p])

let private planes (points: float[][]) =
    Array.init (points[0].Length * tile) (fun i -> points[i % tile][i / tile])

let internal reference = {
    Name = "double reference"
    Tolerance = 1e-12
    Flips = 0.0
    Forward =
        fun layout weights input ->
            planes (Array.init tile (fun p -> MlpReference.Forward(layout, weights, point input p) |> Array.last))
    Backward =
        fun layout weights input gradient ->
            let weightGradient = Array.zeroCreate layout.Parameters

            let inputGradient =
                Array.init tile (fun p ->
                    let activations = MlpReference.Forward(layout, weights, point input p)
                    MlpReference.Backward(layout, weights, activations, point gradient p, weightGradient))

            planes inputGradient, weightGradient
}

let private hiddenSize (layout: MlpLayout) =
    layout.HiddenLayers * layout.Width * tile

let internal vectors = {
    Name = "vectors"
    Tolerance = 2e-6
    Flips = 1e-4
    Forward =
        fun layout weights input ->
            let output = Array.zeroCreate (layout.Layers[layout.HiddenLayers].Outputs * tile)
            use w = fixed (Agreement.single weights)
            use x = fixed (Agreement.single input)
            use h = fixed (Array.zeroCreate<float32>(hiddenSize layout))
            use y = fixed output
            Mlp.Forward(layout, w, x, tile, h, y)
            Agreement.double output
    Backward =
        fun layout weights input gradient ->
            let single = Agreement.single weights
            let transposed = Array.zeroCreate layout.Parameters
            layout.Transpose(single, transposed)
            let inputGradient = Array.zeroCreate input.Length
            let lanes = Array.zeroCreate (layout.Parameters * Mlp.Lanes)
            use w = fixed single
            use t = fixed transposed
            use x = fixed (Agreement.single input)
            use h = fixed (Array.zeroCreate<float32>(hiddenSize layout))
            use y = fixed (Array.zeroCreate<float32> gradient.Length)
            use g = fixed (Agreement.single gradient)
            use dx = fixed inputGradient
            use dw = fixed lanes
            use scratch = fixed (Array.zeroCreate<float32>(layout.Width * tile))
            Mlp.Forward(layout, w, x, tile, h, y)
            Mlp.Backward(layout, t, x, tile, h, g, dx, dw, scratch)

            Agreement.double inputGradient,
            lanes |> Agreement.double |> Array.chunkBySize Mlp.Lanes |> Array.map Array.sum
}

let private layouts = [
    MlpLayout(16, 32, 1, 4)
    MlpLayout(4, 8, 1, 4)
    MlpLayout(8, 16, 3, 4)
    MlpLayout(32, 64, 2, 4)
]

let private problem (layout: MlpLayout) seed =
    let inputs = layout.Layers[0].Inputs
    let outputs = layout.Layers[layout.HiddenLayers].Outputs

    Agreement.random seed layout.Parameters,
    Agreement.random (seed + 1) (inputs * tile),
    Agreement.random (seed + 2) (outputs * tile)

let private testsOf (implementation: Implementation) =
    testList implementation.Name [
        testProperty "outputs and gradients are the definition's" (fun (seed: int) ->
            for layout in layouts do
                let weights, input, gradient = problem layout seed

                Agreement.values
                    "output"
                    implementation.Tolerance
                    (reference.Forward layout weights input)
                    (implementation.Forward layout weights input)

                let inputExpected, weightsExpected =
                    reference.Backward layout weights input gradient

                let inputActual, weightsActual =
                    implementation.Backward layout weights input gradient
                // One flip changes all inputs of one point; a tile is small, so one point may be off.
                let flips = if implementation.Flips > 0.0 then 1.0 / float tile else 0.0
                Agreement.gradients "input" implementation.Tolerance flips inputExpected inputActual

                Agreement.gradients
                    "weights"
                    implementation.Tolerance
                    implementation.Flips
                    weightsExpected
                    weightsActual)

        testCase "finite differences give the gradients"
        <| fun () ->
            for layout in layouts do
                let weights, input, gradient = problem layout 11

                let loss () =
                    Array.sum (Array.map2 (*) (reference.Forward layout weights input) gradient)

                let inputGradient, weightGradient =
                    implementation.Backward layout weights input gradient

                let tolerance = 1e-6 + implementation.Tolerance
                let some count = Seq.init 40 (fun i -> i * 7919 % count)
                Agreement.finiteDifferences "input" tolerance (some input.Length) loss input inputGradient
                Agreement.finiteDifferences "weights" tolerance (some weights.Length) loss weights weightGradient

        testProperty "without biases, doubling the input doubles the output" (fun (seed: int) ->
            for layout in layouts do
                let weights, input, _ = problem layout seed
                let once = implementation.Forward layout weights input
                let twice = implementation.Forward layout weights (Array.map ((*) 2.0) input)
                Agreement.values "output" 1e-12 (Array.map ((*) 2.0) once) twice)
    ]

let tests = testList "network" [ testsOf reference; testsOf vectors ]
