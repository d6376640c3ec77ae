/// Levels of the grid that join one after the other.
module DreamTime.Renderers.Tests.ProgressiveLevelsTests

open System.IO
open Expecto
open DreamTime.Renderers
open DreamTime.Renderers.Tests.NerfScene

let private options =
    NerfOptions(
        Levels = 4,
        Log2TableSize = 10,
        BaseResolution = 4,
        FinestResolution = 32,
        HiddenWidth = 16,
        SamplesPerRay = 16,
        OccupancyResolution = 0,
        StartLevels = 2,
        LevelsFrom = 3,
        LevelInterval = 2
    )

/// The levels whose entries have a gradient.
let private learning (renderer: NerfRenderer) =
    let levels = renderer.Field.Grid.Levels

    [
        for l in 0 .. levels.Length - 1 do
            let first = 2 * levels[l].Offset

            let last =
                if l + 1 < levels.Length then
                    2 * levels[l + 1].Offset - 1
                else
                    renderer.Field.Table.Gradient.Length - 1

            if Array.exists (fun g -> g <> 0f) renderer.Field.Table.Gradient[first..last] then
                l
    ]

let private step (renderer: NerfRenderer) number =
    let images =
        renderer.Render(
            cameras,
            8,
            8,
            RenderSettings(Backgrounds = backgrounds, Seed = int64 number, Training = true, Normals = true)
        )

    renderer.Backward(ImageGradients(Color = images.Color, Normals = images.Normals))
    let levels = learning renderer
    renderer.Step() |> ignore
    levels

let tests =
    testList "progressive levels" [
        test "levels learn from their turn on, through colours and normals" {
            let renderer = lively options
            let learned = [ for number in 0..6 -> step renderer number ]
            Expect.equal (List.take 3 learned) (List.replicate 3 [ 0; 1 ]) "before"
            Expect.equal learned[3..4] (List.replicate 2 [ 0; 1; 2 ]) "the third"
            Expect.equal learned[5..6] (List.replicate 2 [ 0..3 ]) "all"
        }

        test "levels before their turn do not count" {
            let clean, dirty = lively options, lively options
            let first = 2 * dirty.Field.Grid.Levels[2].Offset

            for i in first .. dirty.Field.Table.Values.Length - 1 do
                dirty.Field.Table.Values[i] <- 100f

            let image (renderer: NerfRenderer) =
                renderer.Render(cameras, 8, 8, evaluation).Color

            Expect.equal (image dirty) (image clean) ""
        }

        test "a resumed run has the levels of its step" {
            let renderer = lively options

            for number in 0..3 do
                step renderer number |> ignore

            let resumed = NerfRenderer(options, 3L)
            resumed.ReadState(new MemoryStream(stateOf renderer))
            Expect.equal resumed.Field.ActiveLevels renderer.Field.ActiveLevels ""
        }
    ]
