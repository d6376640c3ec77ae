/// What cameras and queries see of a NeRF.
module DreamTime.Renderers.Tests.NerfViewTests

open System
open System.Numerics
open Expecto
open DreamTime.Renderers
open DreamTime.Renderers.Tests.NerfScene

let tests =
    testList "NeRF views" [
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
    ]
