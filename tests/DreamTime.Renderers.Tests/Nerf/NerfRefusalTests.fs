/// What a NeRF refuses, and what it says.
module DreamTime.Renderers.Tests.NerfRefusalTests

open System
open System.Numerics
open Expecto
open DreamTime.Renderers
open DreamTime.Renderers.Tests.NerfScene

let tests =
    testList "NeRF refusals" [
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
