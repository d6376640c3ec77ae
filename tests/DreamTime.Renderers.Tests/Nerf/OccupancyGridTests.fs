module DreamTime.Renderers.Tests.OccupancyGridTests

open System.Numerics
open Expecto
open DreamTime.Renderers

let private resolution = 8
let private cells = resolution * resolution * resolution
let private index x y z = (z * resolution + y) * resolution + x

let private centre cell =
    let at i = (float32 i + 0.5f) / float32 resolution
    Vector3(at (cell % resolution), at (cell / resolution % resolution), at (cell / (resolution * resolution)))

let private updated (density: int -> float32) =
    let grid = OccupancyGrid resolution
    let densities: float32[] = Array.init cells density
    grid.Update(densities, 0.05f)
    grid

let tests =
    testList "occupancy grid" [
        testCase "all is occupied before the first update, and without a grid"
        <| fun () ->
            for grid in [ OccupancyGrid resolution; OccupancyGrid 0 ] do
                Expect.isTrue (grid.IsOccupied(Vector3(0.99f, 0.01f, 0.5f))) ""
                Expect.equal grid.OccupiedShare 1.0 ""

        testCase "a dense cell occupies itself and its 26 neighbours, no more"
        <| fun () ->
            let grid = updated (fun cell -> if cell = index 3 4 5 then 10f else 0f)

            for cell in 0 .. cells - 1 do
                let x, y, z =
                    cell % resolution, cell / resolution % resolution, cell / (resolution * resolution)

                let near = abs (x - 3) <= 1 && abs (y - 4) <= 1 && abs (z - 5) <= 1
                Expect.equal (grid.IsOccupied(centre cell)) near $"cell {x} {y} {z}"

            Expect.floatClose Accuracy.high grid.OccupiedShare (27.0 / float cells) "share"

        testCase "the margin does not wrap around the edges"
        <| fun () ->
            let grid = updated (fun cell -> if cell = index 0 0 0 then 10f else 0f)
            Expect.floatClose Accuracy.high grid.OccupiedShare (8.0 / float cells) ""

        testCase "opacities of 0.01 and more are never skipped; where all are alike none is"
        <| fun () ->
            let grid = updated (fun cell -> if cell % 2 = 0 then 0.21f else 100f)
            Expect.equal grid.OccupiedShare 1.0 "0.21 * 0.05 > 0.01"
            Expect.equal (updated (fun _ -> 0f)).OccupiedShare 1.0 "empty everywhere: something must be sampled"

        testCase "what vanishes is forgotten slowly"
        <| fun () ->
            let grid = updated (fun cell -> if cell = index 3 4 5 then 1f else 0f)

            let elsewhere: float32[] =
                Array.init cells (fun cell -> if cell = index 0 0 0 then 10f else 0f)

            let mutable updates = 0

            while grid.IsOccupied(centre (index 3 4 5)) && grid.OccupiedShare < 0.5 && updates < 1000 do
                grid.Update(elsewhere, 0.05f)
                updates <- updates + 1
            // 0.05 * 0.95^n < min(mean, 0.01), and the mean is 0.5 / 512 here: n = 77.
            Expect.equal updates 77 "updates until the cell is skipped"

        testProperty "probes lie in their cell" (fun (seed: int64) (update: int) ->
            let grid = OccupancyGrid resolution

            for cell in 0 .. cells - 1 do
                let offset =
                    (grid.Probe(cell, seed, update) - centre cell) * (2f * float32 resolution)

                Expect.isTrue (Vector3.Abs offset |> fun a -> max a.X (max a.Y a.Z) <= 1.0001f) $"cell {cell}")
    ]
