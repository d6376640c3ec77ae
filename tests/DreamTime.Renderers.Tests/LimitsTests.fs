/// What no ordinary run meets, over all renderers: one pixel, a camera inside the object, crops, fields that are no numbers.
module DreamTime.Renderers.Tests.LimitsTests

open System
open System.Numerics
open Expecto
open DreamTime.Renderers
open DreamTime.Renderers.Tests.MarchingCubesTests

let private renderers: (string * (unit -> IRenderer)) list = [
    "NeRF",
    fun () -> NerfRenderer(NerfOptions(Levels = 4, Log2TableSize = 10, FinestResolution = 32, SamplesPerRay = 24), 3L)
    "NeuS", fun () -> NeusRenderer(NeusOptions(), 3L)
    "splats", fun () -> SplatScene.renderer 0 1
    "DMTet", fun () -> DmtetScene.renderer 0
]

let private forEach name (body: IRenderer -> unit) =
    testList name [ for which, make in renderers -> test which { body (make ()) } ]

let private evaluation = RenderSettings.Evaluation Vector3.One
let private view = Camera.Orbit(30f, 20f, 2.5f, 45f)

let private isFinite (images: Images) =
    [ images.Color; images.Opacity; images.Depth ] |> List.forall (Array.forall Single.IsFinite)

let private step (renderer: IRenderer) camera height width =
    let images =
        renderer.Render([| camera |], height, width, RenderSettings.ForTraining(1L, [| Vector3.One |]))

    renderer.Backward(ImageGradients(Color = Array.create images.Color.Length 0.1f))
    images, renderer.Step()

let tests =
    testList "Limits" [
        forEach "an image of one pixel is rendered and learned from" (fun renderer ->
            let images, norm = step renderer view 1 1
            Expect.equal (images.Color.Length, images.Opacity.Length) (3, 1) "size"
            Expect.isTrue (isFinite images && Double.IsFinite norm) "finite")

        forEach "a camera inside the object sees and learns finite numbers" (fun renderer ->
            let inside = Camera(Vector3(0.05f, 0f, 0f), view.Right, view.Up, view.Back, 60f)

            let images, norm = step renderer inside 6 6
            Expect.isTrue (isFinite images && Double.IsFinite norm) "finite")

        forEach "a crop is that part of the image" (fun renderer ->
            let whole = renderer.Render([| view |], 32, 48, evaluation)
            let left, top, width, height = 17, 5, 8, 16

            let part =
                renderer.Render([| view.Crop(left, top, struct (width, height), 48, 32) |], height, width, evaluation)

            for y in 0 .. height - 1 do
                for x in 0 .. width - 1 do
                    for channel in 0..2 do
                        let expected = whole.Color[(channel * 32 + top + y) * 48 + left + x]
                        let actual = part.Color[(channel * height + y) * width + x]
                        // The ray's direction is rounded otherwise: by 1e-7, which the finest cells and the edges of splats magnify.
                        Expect.isLessThan (abs (actual - expected)) 5e-3f $"channel {channel} at {x}, {y}")

        forEach "a camera that sees nothing sees its background, and teaches nothing" (fun renderer ->
            let away = Camera(view.Position, -view.Right, view.Up, -view.Back, 45f)

            let images, norm = step renderer away 4 4
            Expect.all images.Opacity (fun o -> o = 0f) "opacity"
            Expect.all images.Color (fun c -> c = 1f) "colour"

            match renderer with
            // One Gaussian of the scene stands far off on this side, where it is smaller than a pixel.
            | :? IRegularizedRays -> Expect.equal norm 0.0 "norm"
            | _ -> Expect.isTrue (Double.IsFinite norm) "norm")

        test "4096 x 4096 pixels take little more memory than their images" {
            let away = Camera(view.Position, -view.Right, view.Up, -view.Back, 45f)

            let renderer =
                NerfRenderer(NerfOptions(Levels = 4, Log2TableSize = 10, FinestResolution = 32), 3L)

            let before = GC.GetTotalAllocatedBytes true
            let images = renderer.Render([| away |], 4096, 4096, evaluation)
            let allocated = GC.GetTotalAllocatedBytes true - before
            Expect.equal images.Color.Length (3 * 4096 * 4096) "size"
            // Five floats a pixel, and one integer: how many samples its ray used. All else is for 8192 rays at a time.
            Expect.isLessThan allocated (4096L * 4096L * 24L + 200_000_000L) "bytes"
        }

        forEach "parameters that are no numbers are noticed at the first step" (fun renderer ->
            match renderer with
            | :? NerfRenderer as nerf -> Array.Fill(nerf.Field.Table.Values, nanf)
            | :? NeusRenderer as neus -> Array.Fill(neus.Field.Table.Values, nanf)
            | :? DmtetRenderer as dmtet -> Array.Fill(dmtet.Material.Table.Values, nanf)
            | :? SplatRenderer as splats -> Array.Fill(splats.Gaussians.Base.Values, nanf)
            | _ -> failtest "a renderer that this test does not know"

            Expect.throwsC
                (fun () ->
                    let images =
                        renderer.Render([| view |], 8, 8, RenderSettings.ForTraining(1L, [| Vector3.One |]))

                    renderer.Backward(ImageGradients(Color = Array.map (fun c -> c - 0.5f) images.Color))
                    renderer.Step() |> ignore)
                (fun error -> Expect.isTrue (error :? NotFiniteNumberException) $"{error}"))

        forEach "calls out of order and wrong arguments are refused, in the same words" (fun renderer ->
            let refuses words call =
                Expect.throwsC call (fun error -> Expect.stringContains error.Message words "")

            let backward () = renderer.Backward(ImageGradients())

            let query density color () =
                (renderer :?> IDensityField)
                    .Query(
                        ReadOnlySpan [| Vector3.Zero |],
                        Span(Array.zeroCreate<float32> density),
                        Span(Array.zeroCreate<Vector3> color)
                    )

            refuses "no camera" (fun () -> renderer.Render([||], 4, 4, evaluation) |> ignore)
            refuses "Backward follows a Render" backward
            renderer.Render([| view |], 4, 4, evaluation) |> ignore
            refuses "Backward follows a Render" backward
            step renderer view 4 4 |> ignore
            refuses "Backward follows a Render" backward

            for scale in [ -1f; nanf; infinityf ] do
                refuses "finite and at least 0" (fun () -> renderer.Step scale |> ignore)

            refuses "room for 2 densities" (query 2 0)
            refuses "room for 3 colours" (query 1 3)

            match renderer with
            | :? ISolidStart as start ->
                refuses "before its first step" (fun () -> start.StartAs(SignedShape.Sphere 0.3f))
            | _ -> ())

        test "splats refuse pixels that are not square, by their aspect" {
            let wide = Camera.Calibrated(view, Vector2(20f, 40f), Vector2(8f, 8f), 16, 16)

            Expect.throwsC
                (fun () -> (SplatScene.renderer 0 1).Render([| wide |], 16, 16, evaluation) |> ignore)
                (fun error -> Expect.stringContains error.Message "2 times as wide" "")
        }

        test "a field whose colours are no numbers makes no asset, and says at which vertex" {
            let broken = {
                new IDensityField with
                    member _.Radius = 1f

                    member _.Query(positions, densities, colors) =
                        (sphere 0.7f).Query(positions, densities, colors)

                        for i in 0 .. colors.Length - 1 do
                            colors[i] <- Vector3 nanf
            }

            Expect.throwsC (fun () -> Asset.Extract broken |> ignore) (fun error ->
                Expect.stringContains error.Message "colour of vertex 0 is <NaN" "")
        }

        test "a field that explodes, and one that is empty, make no asset, and say why" {
            let extract density () =
                Asset.Extract(field 1f (fun _ -> density)) |> ignore

            Expect.throwsC (extract infinityf) (fun error -> Expect.stringContains error.Message "not finite" "")
            Expect.throwsC (extract 0f) (fun error -> Expect.stringContains error.Message "no surface" "")
        }
    ]
