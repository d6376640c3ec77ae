/// What a NeRF remembers, and what leaves no trace.
module DreamTime.Renderers.Tests.NerfStateTests

open System
open System.IO
open System.Numerics
open Expecto
open DreamTime.Renderers
open DreamTime.Renderers.Tests.NerfScene

let private restored (options: NerfOptions) (state: byte[]) =
    let renderer = NerfRenderer(options, 3L)
    renderer.ReadState(new MemoryStream(state))
    renderer

let tests =
    testList "NeRF state" [
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
    ]
