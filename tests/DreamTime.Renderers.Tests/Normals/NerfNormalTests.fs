/// Normals of a density, by both methods, and light on it.
module DreamTime.Renderers.Tests.NerfNormalTests

open System.Numerics
open Expecto
open DreamTime.Renderers
open DreamTime.Renderers.Tests.NerfScene

let private side = 5
let private light = Vector3(1.5f, -0.7f, 2f)

/// The first view in its colours, the second white.
let private lights = [|
    Shading.Lit(light, ambient = 0.3f, diffuse = 0.7f)
    Shading.Textureless(light, ambient = 0.1f, diffuse = 0.9f)
|]

let private settings =
    RenderSettings(Backgrounds = backgrounds, Seed = 7L, Training = true, Normals = true, Shadings = lights)

let private planesOf (images: Images) : float32[] =
    match images.Normals with
    | null -> failtest "there are normals"
    | normals -> normals

/// What one ray sees: colour, opacity, depth, normal.
let private ofRay ray (color: float32[], opacity: float32[], depth: float32[], normals: float32[]) =
    let pixels = side * side
    let red = ray / pixels * 3 * pixels + ray % pixels

    Agreement.double [|
        for plane in 0..2 do
            color[red + plane * pixels]

        opacity[ray]
        depth[ray]

        for plane in 0..2 do
            normals[red + plane * pixels]
    |]

let private agrees options =
    let renderer = lively options
    let images = renderer.Render(cameras, side, side, settings)
    let rays = raysOf renderer (side * side)

    let table, weights =
        Agreement.double renderer.Field.Table.Values, Agreement.double renderer.Field.Weights.Values

    let reference = NerfReference(options, table, weights)

    let forward ray =
        reference.Forward(rays[ray], lights[ray / (side * side)])

    let seen = images.Color, images.Opacity, images.Depth, planesOf images

    for ray in 0 .. rays.Length - 1 do
        // A sample within a rounding of a cell's face has its neighbour's slope: it weighs little, and is in few rays.
        Agreement.within $"ray {ray}" 2e-3 (forward ray) (ofRay ray seen)

    let color, opacity, depth = randomPlanes images 3
    let normals = Agreement.single (Agreement.random 6 color.Length)
    renderer.Backward(ImageGradients(Color = color, Opacity = opacity, Depth = depth, Normals = normals))

    let loss () =
        Seq.init rays.Length (fun ray ->
            Array.sum (Array.map2 (*) (forward ray) (ofRay ray (color, opacity, depth, normals))))
        |> Seq.sum

    for what, parameters, gradient in
        [
            "table", table, renderer.Field.Table.Gradient
            "weights", weights, renderer.Field.Weights.Gradient
        ] do
        let gradient = Agreement.double gradient

        let largest =
            Seq.init gradient.Length id |> Seq.sortByDescending (fun i -> abs gradient[i]) |> Seq.truncate 10

        // Slopes of float32 have seven digits, of which the shortest normals lose three.
        Agreement.finiteDifferences what 3e-3 largest loss parameters gradient

let internal withMethod method (options: NerfOptions) =
    NerfOptions(
        Levels = options.Levels,
        Log2TableSize = options.Log2TableSize,
        BaseResolution = options.BaseResolution,
        FinestResolution = options.FinestResolution,
        HiddenWidth = options.HiddenWidth,
        HiddenLayers = options.HiddenLayers,
        DensityActivation = options.DensityActivation,
        DensityBlob = options.DensityBlob,
        SamplesPerRay = options.SamplesPerRay,
        OccupancyResolution = 0,
        EarlyStop = 0f,
        NormalMethod = method,
        NormalEpsilon = 0.02f
    )

let tests =
    testList "NeRF normals" [
        for method in [ NormalMethod.Analytic; NormalMethod.FiniteDifference ] do
            test
                $"lit images, normals and their gradients are the definition's and finite differences', {method}, softplus" {
                agrees (withMethod method small)
            }

        test "the same with a truncated exponential and two hidden layers" {
            Small.Options(
                activation = DensityActivation.TruncatedExponential,
                blob = DensityBlob.DreamFusion,
                hiddenLayers = 2
            )
            |> withMethod NormalMethod.Analytic
            |> agrees
        }

        for method in [ NormalMethod.Analytic; NormalMethod.FiniteDifference ] do
            test $"the normals of a ball point away from its middle, {method}" {
                let options = NerfOptions(NormalMethod = method)
                let renderer = NerfRenderer(options, 1L)

                let images =
                    renderer.Render(cameras, 17, 17, RenderSettings(Backgrounds = backgrounds, Normals = true))

                let normals = planesOf images

                for view in 0..1 do
                    for pixel in 0 .. 17 * 17 - 1 do
                        let at = view * 17 * 17 + pixel

                        if images.Opacity[at] > 0.95f then
                            let direction =
                                cameras[view]
                                    .RayDirection(float32 (pixel % 17) + 0.5f, float32 (pixel / 17) + 0.5f, 17, 17)

                            let place =
                                cameras[view].Position + images.Depth[at] / images.Opacity[at] * direction

                            let plane k =
                                normals[(3 * view + k) * 17 * 17 + pixel]

                            let normal = Vector3.Normalize(Vector3(plane 0, plane 1, plane 2))
                            // The light goes through some of the ball: its mean normal is that of its mean depth, nearly.
                            Expect.isGreaterThan (Vector3.Dot(normal, Vector3.Normalize place)) 0.97f $"{pixel}"
            }

        test "without light and normals nothing changes, and the plain light is none" {
            let plain, asked = lively small, lively small
            let expected = plain.Render(cameras, 8, 8, training 4L)

            let images =
                asked.Render(
                    cameras,
                    8,
                    8,
                    RenderSettings(Backgrounds = backgrounds, Seed = 4L, Training = true, Normals = true)
                )

            Expect.isTrue (images.Color = expected.Color && images.Depth = expected.Depth) "images"
            Expect.isNull expected.Normals "normals only where asked for"
            plain.Backward(gradients expected 2)
            asked.Backward(gradients images 2)
            Expect.equal (stateOf asked) (stateOf plain) "gradients"
        }

        test "a gradient of normals that were not rendered is refused" {
            let renderer = lively small
            let images = renderer.Render(cameras, 4, 4, training 4L)

            Expect.throwsC
                (fun () -> renderer.Backward(ImageGradients(Normals = Array.zeroCreate images.Color.Length)))
                (fun error -> Expect.stringContains error.Message "RenderSettings.Normals" "")
        }

        test "an image has no light" {
            Expect.throwsC
                (fun () ->
                    PixelRenderer(4, 4).Render(cameras[..0], 4, 4, RenderSettings(Shadings = lights[..0])) |> ignore)
                (fun error -> Expect.stringContains error.Message "no normals" "")
        }
    ]
