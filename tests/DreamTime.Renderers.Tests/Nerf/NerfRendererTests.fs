module DreamTime.Renderers.Tests.NerfRendererTests

open System
open System.IO
open System.Numerics
open Expecto
open DreamTime.Renderers

type internal Small =
    /// Small enough for the reference, with dense and hashed levels.
    static member Options(?bounds, ?activation, ?blob, ?levels, ?hiddenWidth, ?hiddenLayers, ?threads) =
        NerfOptions(
            Bounds = defaultArg bounds NerfBounds.Sphere,
            DensityActivation = defaultArg activation DensityActivation.Softplus,
            DensityBlob = defaultArg blob DensityBlob.Magic3D,
            Levels = defaultArg levels 4,
            Log2TableSize = 10,
            BaseResolution = 4,
            FinestResolution = 32,
            HiddenWidth = defaultArg hiddenWidth 16,
            HiddenLayers = defaultArg hiddenLayers 1,
            SamplesPerRay = 16,
            OccupancyResolution = 8,
            OccupancyInterval = 3,
            Threads = defaultArg threads 0
        )

let private small = Small.Options()
let private cameras = [| Camera.Orbit(20f, 10f, 2.8f, 45f); Camera.Orbit(150f, -30f, 2.8f, 45f) |]
let private origin: Vector3[] = [| Vector3.Zero |]
let private backgrounds = [| Vector3(0.2f, 0.5f, 0.9f); Vector3.One |]

let private training seed =
    RenderSettings.ForTraining(seed, backgrounds)

let private evaluation = RenderSettings.Evaluation Vector3.One

/// A renderer whose parameters are large enough that everything matters.
let private lively (options: NerfOptions) =
    let renderer = NerfRenderer(options, 3L)
    Array.iteri (fun i x -> renderer.Field.Table.Values[i] <- 1e4f * x) renderer.Field.Table.Values
    renderer

/// dL/dColor, dL/dOpacity, dL/dDepth.
let private randomPlanes (images: Images) seed =
    let plane salt (like: float32[]) =
        Agreement.single (Agreement.random (seed + salt) like.Length)

    plane 0 images.Color, plane 1 images.Opacity, plane 2 images.Depth

let private gradients images seed =
    let color, opacity, depth = randomPlanes images seed
    ImageGradients(Color = color, Opacity = opacity, Depth = depth)

let private trainStep (renderer: NerfRenderer) step =
    let images = renderer.Render(cameras, 8, 8, training (int64 step))
    renderer.Backward(gradients images step)
    images, renderer.Step()

/// The samples of a training render, as rays of the reference.
let private raysOf (renderer: NerfRenderer) pixels =
    let samples = renderer.TrainingSamples

    Array.init (2 * pixels) (fun ray ->
        let first, next = samples.RayStart[ray], samples.RayStart[ray + 1]
        let background = backgrounds[ray / pixels]

        NerfReference.Ray(
            Array.init (next - first) (fun i ->
                struct (float samples.X[first + i], float samples.Y[first + i], float samples.Z[first + i])),
            Array.init (next - first) (fun i -> float samples.Distance[first + i]),
            float renderer.Marcher.Step,
            [| float background.X; float background.Y; float background.Z |]
        ))

/// What belongs to one ray in planes of colour, opacity and depth.
let private ofRay pixels ray (color: float32[]) (opacity: float32[]) (depth: float32[]) =
    let red = ray / pixels * 3 * pixels + ray % pixels

    Agreement.double [| color[red]; color[red + pixels]; color[red + 2 * pixels]; opacity[ray]; depth[ray] |]

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

let private stateOf (renderer: NerfRenderer) =
    use stream = new MemoryStream()
    renderer.WriteState stream
    stream.ToArray()

let private restored (options: NerfOptions) (state: byte[]) =
    let renderer = NerfRenderer(options, 3L)
    renderer.ReadState(new MemoryStream(state))
    renderer

let private planes (images: Images) =
    images.Color, images.Opacity, images.Depth

let tests =
    testList "NeRF" [
        for shape in [ NerfBounds.Sphere; NerfBounds.Box ] do
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

        testCase "the same bits with one, two and five threads"
        <| fun () ->
            let run threads =
                let renderer = lively (Small.Options(threads = threads))

                let results =
                    List.init 7 (fun step -> let images, norm = trainStep renderer step in planes images, norm)

                results, stateOf renderer

            let expected = run 1
            Expect.isTrue (run 2 = expected) "two threads"
            Expect.isTrue (run 5 = expected) "five threads"

        testCase "a resumed run goes on exactly as an unbroken one"
        <| fun () ->
            let unbroken = lively small

            for step in 0..6 do
                trainStep unbroken step |> ignore

            let resumed = restored small (stateOf unbroken)
            Expect.equal resumed.Steps 7 "steps"

            for step in 7..10 do
                let expected, norm = trainStep unbroken step
                let actual, resumedNorm = trainStep resumed step
                Expect.isTrue (planes actual = planes expected && resumedNorm = norm) $"step {step}"

            Expect.isTrue (stateOf resumed = stateOf unbroken) "state"

        testCase "a damaged or foreign state is refused, and changes nothing"
        <| fun () ->
            let renderer = lively small
            trainStep renderer 0 |> ignore
            let state = stateOf renderer
            let other = NerfRenderer(small, 9L)
            let before = stateOf other

            let refuse (bytes: byte[]) =
                Expect.throwsT<InvalidDataException> (fun () -> other.ReadState(new MemoryStream(bytes))) ""

            refuse state[.. state.Length - 2]
            refuse state[..100]
            refuse [||]
            refuse (Array.append [| 5uy |] state)
            refuse (stateOf (NerfRenderer(Small.Options(hiddenWidth = 8), 3L)))
            Expect.isTrue (stateOf other = before) "unchanged"

            let message =
                try
                    other.ReadState(new MemoryStream(stateOf (NerfRenderer(Small.Options(levels = 6), 3L))))
                    ""
                with :? InvalidDataException as e ->
                    e.Message

            Expect.stringContains message "Levels 6 where 4" "names the difference"

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

        testCase "evaluation and queries between render and backward change nothing"
        <| fun () ->
            let plain, disturbed = lively small, lively small
            let images = plain.Render(cameras, 8, 8, training 1L)
            plain.Backward(gradients images 5)
            disturbed.Render(cameras, 8, 8, training 1L) |> ignore
            disturbed.Render(cameras[..0], 16, 16, evaluation) |> ignore
            disturbed.Query(origin, (Array.zeroCreate 1: float32[]), (Array.zeroCreate 1: Vector3[]))
            disturbed.Backward(gradients images 5)
            Expect.isTrue (stateOf plain = stateOf disturbed) ""

        testCase "views do not depend on the views beside them, nor on batches"
        <| fun () ->
            let renderer = lively small
            let both = renderer.Render(cameras, 96, 96, evaluation)

            for view in 0..1 do
                let alone = renderer.Render([| cameras[view] |], 96, 96, evaluation)
                Expect.isTrue (alone.Color = both.ColorOf(view).ToArray()) $"view {view}"

        testCase "a camera that looks away sees its background, and gives no gradient"
        <| fun () ->
            let renderer = lively small

            let away =
                Camera(Vector3(2.8f, 0f, 0f), -Vector3.UnitY, Vector3.UnitZ, -Vector3.UnitX, 45f)

            let images =
                renderer.Render([| away |], 4, 4, RenderSettings.ForTraining(0L, [| backgrounds[0] |]))

            Expect.all images.Opacity (fun o -> o = 0f) "opacity"

            for i in 0..15 do
                Expect.equal
                    (Vector3(images.Color[i], images.Color[16 + i], images.Color[32 + i]))
                    backgrounds[0]
                    "colour"

            renderer.Backward(gradients images 1)
            Expect.equal (renderer.Step()) 0.0 "norm"

        testCase "an untrained blob is opaque in the middle, at the right depth, and clear in the corner"
        <| fun () ->
            // An untrained Magic3D blob is dense within |x| < 0.5: the middle ray meets it at a distance near 2.8 - 0.5.
            let images = NerfRenderer(NerfOptions(), 1L).Render(cameras[..0], 9, 9, evaluation)
            let middle = 4 * 9 + 4
            Expect.isGreaterThan images.Opacity[middle] 0.95f "opaque in the middle"
            Expect.isTrue (images.Depth[middle] > 2.2f && images.Depth[middle] < 2.8f) $"depth {images.Depth[middle]}"
            Expect.isLessThan images.Opacity[0] 0.01f "clear in the corner"

        testCase "a query gives what rays see, and nothing outside the ball"
        <| fun () ->
            let renderer = lively small
            renderer.Render(cameras, 8, 8, training 1L) |> ignore
            let samples = renderer.TrainingSamples

            let world i =
                2f * Vector3(samples.X[i], samples.Y[i], samples.Z[i]) - Vector3.One

            let inside = Array.init 50 world

            let positions: Vector3[] =
                Array.append inside [| Vector3(0.9f, 0.9f, 0f); Vector3(5f, 0f, 0f); Vector3(Single.NaN, 0f, 0f) |]

            let density: float32[] = Array.zeroCreate 53
            let color: Vector3[] = Array.zeroCreate 53
            renderer.Query(positions, density, color)

            for i in 0..49 do
                Expect.floatClose
                    { absolute = 1e-3; relative = 1e-3 }
                    (float density[i])
                    (float samples.Density[i])
                    $"density {i}"

                Expect.floatClose
                    { absolute = 1e-3; relative = 1e-3 }
                    (float color[i].X)
                    (float samples.Red[i])
                    $"red {i}"

            Expect.equal density[50..] [| 0f; 0f; 0f |] "outside"

        testCase "gradients of the wrong size, or not finite, say where"
        <| fun () ->
            let renderer = lively small
            let images = renderer.Render(cameras, 8, 8, training 1L)
            let color = Array.zeroCreate images.Color.Length
            color[3 * 64 + 64 + 8 * 2 + 5] <- Single.NaN

            let message action =
                try
                    action ()
                    ""
                with e ->
                    e.Message

            let bad = message (fun () -> renderer.Backward(ImageGradients(Color = color)))
            Expect.stringContains bad "Color is NaN at view 1, channel 1, row 2, column 5" ""

            let wrong =
                message (fun () -> renderer.Backward(ImageGradients(Opacity = Array.zeroCreate 5)))

            Expect.stringContains wrong "Opacity has 5 numbers where the images have 128" ""
            renderer.Backward(ImageGradients(Opacity = Array.create 128 1f))

        testCase "calls out of order and wrong arguments are refused"
        <| fun () ->
            let renderer = NerfRenderer(small, 1L)
            Expect.throwsT<InvalidOperationException> (fun () -> renderer.Backward(ImageGradients())) ""
            renderer.Render(cameras, 4, 4, evaluation) |> ignore
            Expect.throwsT<InvalidOperationException> (fun () -> renderer.Backward(ImageGradients())) ""
            let images = renderer.Render(cameras, 4, 4, training 1L)
            renderer.Backward(gradients images 1)
            Expect.throwsT<InvalidOperationException> (fun () -> renderer.Backward(gradients images 1)) ""
            Expect.throwsT<ArgumentException> (fun () -> renderer.Render([||], 4, 4, evaluation) |> ignore) ""
            Expect.throwsT<ArgumentException> (fun () -> renderer.Render(cameras[..0], 4, 4, training 1L) |> ignore) ""

            Expect.throwsT<ArgumentOutOfRangeException>
                (fun () -> renderer.Render(cameras, 0, 4, evaluation) |> ignore)
                ""

            Expect.throwsT<ArgumentOutOfRangeException> (fun () -> renderer.Step nanf |> ignore) ""

            Expect.throwsT<ArgumentException>
                (fun () -> renderer.Query(origin, Span<float32>.Empty, Span<Vector3>.Empty))
                ""

        testCase "options out of range name the option and its range"
        <| fun () ->
            for options, name in
                [
                    NerfOptions(Levels = 3), "Levels is 3"
                    NerfOptions(HiddenWidth = 20), "HiddenWidth is 20"
                    NerfOptions(FinestResolution = 4), "FinestResolution is 4"
                    NerfOptions(Radius = nanf), "Radius is NaN"
                    NerfOptions(SamplesPerRay = 0), "SamplesPerRay is 0"
                ] do
                let message =
                    try
                        NerfRenderer(options, 0L) |> ignore
                        ""
                    with :? ArgumentOutOfRangeException as e ->
                        e.Message

                Expect.stringContains message name ""
    ]
