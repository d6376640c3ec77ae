/// Images and gradients of a whole NeRF are those of its definition.
module DreamTime.Renderers.Tests.NerfGradientTests

open System
open Expecto
open DreamTime.Renderers
open DreamTime.Renderers.Tests.NerfScene

let private againstReference (options: NerfOptions) =
    let pixels = 64
    let renderer = lively options
    let images = renderer.Render(cameras, 8, 8, training 7L)
    let color, opacity, depth = randomPlanes images 11
    let rays = raysOf renderer pixels

    let table, weights =
        Agreement.double renderer.Field.Table.Values, Agreement.double renderer.Field.Weights.Values

    let reference = NerfReference(options, table, weights)

    // Without a seen effect nothing would be tested.
    Expect.isGreaterThan (Array.max images.Opacity) 0.5f "something is there"

    for ray in 0 .. rays.Length - 1 do
        Agreement.values
            $"ray {ray}"
            5e-5
            (reference.Forward rays[ray])
            (ofRay pixels ray images.Color images.Opacity images.Depth)

    renderer.Backward(ImageGradients(Color = color, Opacity = opacity, Depth = depth))

    let tableGradient, weightGradient =
        Array.zeroCreate table.Length, Array.zeroCreate weights.Length

    let resultGradient ray = ofRay pixels ray color opacity depth

    for ray in 0 .. rays.Length - 1 do
        reference.Backward(rays[ray], resultGradient ray, tableGradient, weightGradient)

    // Float: positions, features, activations and sums over up to 2,000 samples. One sample whose ReLU flips changes 8 entries of each level.
    Agreement.gradients "table" 2e-4 1e-4 tableGradient (Agreement.double renderer.Field.Table.Gradient)
    Agreement.gradients "weights" 2e-4 1e-4 weightGradient (Agreement.double renderer.Field.Weights.Gradient)

    let loss () =
        rays
        |> Array.mapi (fun ray r -> Array.sum (Array.map2 (*) (reference.Forward r) (resultGradient ray)))
        |> Array.sum

    let largestOf (gradient: float[]) =
        Seq.init gradient.Length id |> Seq.sortByDescending (fun i -> abs gradient[i]) |> Seq.truncate 12

    Agreement.finiteDifferences
        "table"
        1e-3
        (largestOf tableGradient)
        loss
        table
        (Agreement.double renderer.Field.Table.Gradient)

    Agreement.finiteDifferences
        "weights"
        1e-3
        (largestOf weightGradient)
        loss
        weights
        (Agreement.double renderer.Field.Weights.Gradient)

let tests =
    testList "NeRF gradients" [
        for shape in Enum.GetValues<NerfBounds>() do
            testCase $"images and gradients are the reference's and finite differences', softplus, {shape}"
            <| fun () -> againstReference (Small.Options(bounds = shape))

        testCase
            "images and gradients are the reference's and finite differences', truncated exponential, two hidden layers"
        <| fun () ->
            againstReference (
                Small.Options(
                    activation = DensityActivation.TruncatedExponential,
                    blob = DensityBlob.DreamFusion,
                    hiddenLayers = 2
                )
            )

        testCase "near gradients are scaled by the square of the distance, and only near ones"
        <| fun () ->
            // Intervals of a radius: from the centre there is one sample, and from outside none is nearer than a radius.
            let gradientOf scaled distance =
                let renderer =
                    NerfRenderer(
                        NerfOptions(
                            Radius = 1f,
                            SamplesPerRay = 2,
                            DensityBlob = DensityBlob.None,
                            OccupancyResolution = 0,
                            ScaleNearGradients = scaled
                        ),
                        3L
                    )

                let camera = [| Camera.Orbit(20f, 0f, distance, 1f) |]
                renderer.Render(camera, 1, 1, RenderSettings.ForTraining(1L, [| backgrounds[0] |])) |> ignore
                renderer.Backward(ImageGradients(Color = [| 1f; 2f; 3f |]))
                Seq.head renderer.TrainingSamples.Distance, Agreement.double renderer.Field.Weights.Gradient

            for camera in [ 3f; 0.01f ] do
                let distance, plain = gradientOf false camera
                let _, scaled = gradientOf true camera
                let share = float (min 1f (distance * distance))
                Agreement.values $"from {camera}" 1e-5 (plain |> Array.map ((*) share)) scaled
                Expect.equal (share < 1.0) (camera < 1f) "which case it is"

        testCase "gradients add up until the step, which returns their norm and clears them"
        <| fun () ->
            let once, twice = lively small, lively small

            let backward (renderer: NerfRenderer) =
                renderer.Backward(gradients (renderer.Render(cameras, 8, 8, training 1L)) 5)

            backward once
            backward twice
            backward twice

            let gradient (renderer: NerfRenderer) =
                Array.append renderer.Field.Table.Gradient renderer.Field.Weights.Gradient |> Agreement.double

            Agreement.values "gradient" 1e-6 (gradient once |> Array.map ((*) 2.0)) (gradient twice)
            let norm = gradient twice |> Array.sumBy (fun g -> g * g) |> sqrt
            Expect.floatClose Accuracy.high (twice.Step()) norm "norm"
            Expect.all (gradient twice) (fun g -> g = 0.0) "cleared"

        testCase "regularizers of the opacity are the opacity's gradient; those of the weights scale with their weight"
        <| fun () ->
            let gradientOf regularizers (opacity: Images -> float32[]) =
                let renderer = lively small
                renderer.Regularizers <- regularizers
                let images = renderer.Render(cameras, 8, 8, training 1L)
                renderer.Backward(ImageGradients(Opacity = opacity images))
                Agreement.double renderer.Field.Table.Gradient

            let nothing (images: Images) : float32[] = Array.zeroCreate images.Opacity.Length

            let opacity = NerfRegularizers(Sparsity = 0.5f, Opaque = 2f)

            let explicit (images: Images) =
                Array.map (fun o -> opacity.OpacityGradient(o, images.Opacity.Length)) images.Opacity

            Agreement.gradients
                "opacity"
                1e-6
                0.0
                (gradientOf NerfRegularizers.None explicit)
                (gradientOf opacity nothing)

            let weights scale =
                gradientOf (NerfRegularizers(ZVariance = scale, Entropy = scale)) nothing

            Agreement.gradients "weights" 1e-5 0.0 (weights 1f |> Array.map ((*) 4.0)) (weights 4f)
    ]
