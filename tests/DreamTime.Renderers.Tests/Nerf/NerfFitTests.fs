module DreamTime.Renderers.Tests.NerfFitTests

open System.Numerics
open Expecto
open DreamTime.Renderers

let private size = 32
let private white = Vector3.One

/// A red ball beside a box whose sides have colours of their own, before white: what a ray sees of it.
let private trace (origin: Vector3) (direction: Vector3) =
    let ball =
        let centre, radius = Vector3(0.25f, 0f, 0.1f), 0.35f
        let m = origin - centre
        let b = Vector3.Dot(m, direction)
        let q = b * b - m.LengthSquared() + radius * radius

        if q <= 0f then
            None
        else
            let t = -b - sqrt q
            let normal = (m + t * direction) / radius
            Some(t, Vector3(0.9f, 0.2f + 0.2f * normal.Z, 0.15f))

    let box =
        let centre, half = Vector3(-0.3f, 0f, -0.1f), Vector3(0.2f, 0.35f, 0.3f)

        let a, b =
            (centre - half - origin) / direction, (centre + half - origin) / direction

        let enter, leave = Vector3.Min(a, b), Vector3.Max(a, b)
        let near, far = max enter.X (max enter.Y enter.Z), min leave.X (min leave.Y leave.Z)

        if near >= far then None
        elif near = enter.X then Some(near, Vector3(0.15f, 0.35f, 0.8f))
        elif near = enter.Y then Some(near, Vector3(0.2f, 0.6f, 0.3f))
        else Some(near, Vector3(0.8f, 0.8f, 0.2f))

    match List.choose id [ ball; box ] with
    | [] -> white
    | hits -> hits |> List.minBy fst |> snd

/// [views, 3, size, size], each pixel the mean of 3 x 3 rays.
let private truth (cameras: Camera[]) =
    let offsets = [|
        for y in 0..2 do
            for x in 0..2 -> (float32 x + 0.5f) / 3f, (float32 y + 0.5f) / 3f
    |]

    cameras
    |> Array.collect (fun camera ->
        let pixels =
            Array.init (size * size) (fun p ->
                offsets
                |> Array.map (fun (dx, dy) ->
                    trace
                        camera.Position
                        (camera.RayDirection(float32 (p % size) + dx, float32 (p / size) + dy, size, size)))
                |> Array.reduce (+)
                |> fun sum -> sum / float32 offsets.Length)

        Array.concat [
            Array.map (fun (c: Vector3) -> c.X) pixels
            Array.map (fun (c: Vector3) -> c.Y) pixels
            Array.map (fun (c: Vector3) -> c.Z) pixels
        ])

let private ring count azimuth =
    Array.init count (fun i ->
        Camera.Orbit(azimuth + 360f * float32 i / float32 count, float32 (i % 3 * 25 - 10), 2.8f, 45f))

let private psnr (expected: float32[]) (actual: float32[]) =
    let mean =
        Array.map2 (fun (a: float32) b -> float (a - b) ** 2.0) expected actual |> Array.average

    -10.0 * log10 mean

let tests =
    testList "NeRF fit" [
        testCase "twelve views of a ball and a box teach unseen views"
        <| fun () ->
            let seen, unseen = ring 12 0f, ring 4 17f
            let seenTruth, unseenTruth = truth seen, truth unseen
            let renderer = NerfRenderer(NerfOptions(), 1L)
            let perView = 3 * size * size

            let quality () =
                psnr unseenTruth (renderer.Render(unseen, size, size, RenderSettings.Evaluation white)).Color

            Expect.isLessThan (quality ()) 20.0 "untrained"

            for step in 0..199 do
                let views = Array.init 4 (fun k -> (4 * step + k) % 12)

                let images =
                    renderer.Render(
                        Array.map (fun v -> seen[v]) views,
                        size,
                        size,
                        RenderSettings.ForTraining(int64 step, [| white |])
                    )

                let gradient =
                    images.Color
                    |> Array.mapi (fun i c ->
                        2f * (c - seenTruth[views[i / perView] * perView + i % perView]) / float32 images.Color.Length)

                renderer.Backward(ImageGradients(Color = gradient))
                renderer.Step() |> ignore

            Expect.isGreaterThan (quality ()) 24.0 "PSNR of unseen views in dB"
            let struct (_, _, share) = renderer.LastSamples
            Expect.isLessThan share 0.6 "the occupancy grid skips empty space"
    ]
