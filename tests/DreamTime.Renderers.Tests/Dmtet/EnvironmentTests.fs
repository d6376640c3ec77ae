/// Lights that are taken from pictures of everything around.
module DreamTime.Renderers.Tests.EnvironmentTests

open System
open System.IO
open System.Numerics
open Expecto
open DreamTime.Renderers

let private height, width = 48, 96

let private display (linear: Vector3) = Glb.DisplayColor linear

/// A picture of a radiance.
let private panorama (radiance: Vector3 -> Vector3) =
    let color = Array.zeroCreate<float32>(3 * height * width)

    for row in 0 .. height - 1 do
        for column in 0 .. width - 1 do
            let u, v = (float column + 0.5) / float width, (float row + 0.5) / float height

            let value = display (radiance (EnvironmentFit.Direction(u, v)))

            for channel in 0..2 do
                color[(channel * height + row) * width + column] <- value[channel]

    Picture(ReadOnlySpan color, height, width)

let private radiance (light: EnvironmentLight) (d: Vector3) =
    light.Lamps
    |> Seq.fold
        (fun sum lamp -> sum + exp (lamp.Sharpness * (Vector3.Dot(lamp.Direction, d) - 1f)) * lamp.Radiance)
        (light.Ground + (1f + d.Z) / 2f * (light.Sky - light.Ground))

let private directions =
    let random = Random 4

    [|
        for _ in 1..200 ->
            let part () = random.NextSingle() - 0.5f
            Vector3.Normalize(Vector3(part (), part (), part ()))
    |]

let private number (x: float32) = Double64(float x)

let private diffuse (light: EnvironmentLight) (n: Vector3) =
    PbrModel.Diffuse<Double64>(light, struct (number n.X, number n.Y, number n.Z), 0).Value

let private lamp direction sharpness (radiance: Vector3) =
    EnvironmentLamp(Vector3.Normalize direction, sharpness, radiance)

/// No part of it is brighter than white.
let private known =
    EnvironmentLight(
        Sky = Vector3(0.3f, 0.35f, 0.4f),
        Ground = Vector3(0.1f),
        Lamps = [|
            lamp (Vector3(0.8f, -0.5f, 0.9f)) 12f (Vector3(0.6f, 0.55f, 0.5f))
            lamp (Vector3(-0.3f, 1f, 0.2f)) 30f (Vector3(0.4f))
        |]
    )

let tests =
    testList "environment" [
        test "a picture's middle is in front, its right is the right of who looks there, its top is above" {
            for u, v, expected in
                [
                    0.5, 0.5, Vector3.UnitX
                    0.75, 0.5, -Vector3.UnitY
                    0.25, 0.5, Vector3.UnitY
                    0.0, 0.5, -Vector3.UnitX
                    0.1, 0.0, Vector3.UnitZ
                    0.9, 1.0, -Vector3.UnitZ
                ] do
                Expect.isLessThan (Vector3.Distance(EnvironmentFit.Direction(u, v), expected)) 1e-6f $"{u} {v}"
        }

        test "an even picture is an even light without lamps" {
            let light = EnvironmentLight.Of(panorama (fun _ -> Vector3(0.25f, 0.5f, 0.75f)))

            Expect.isEmpty light.Lamps "lamps"
            Expect.isLessThan (Vector3.Distance(light.Sky, Vector3(0.25f, 0.5f, 0.75f))) 1e-3f "sky"
            Expect.isLessThan (Vector3.Distance(light.Ground, Vector3(0.25f, 0.5f, 0.75f))) 1e-3f "ground"
        }

        test "a light that is a sky and lamps is found again, and lights a surface as it did" {
            let found = EnvironmentLight.Of(panorama (radiance known))
            found.Validate()
            Expect.isLessThanOrEqual found.Lamps.Count 8 "lamps"

            let errors =
                directions |> Array.map (fun d -> float (Vector3.Distance(radiance found d, radiance known d)))

            // Up to 1.6, the length of white.
            Expect.isLessThan (Array.average errors) 0.03 "radiance, mean"
            Expect.isLessThan (Array.max errors) 0.15 "radiance, largest"

            for d in directions do
                Expect.isLessThan (abs (diffuse found d / diffuse known d - 1.0)) 0.05 $"diffuse light on {d}"
        }

        test "a window is where it is" {
            let towards = Vector3.Normalize(Vector3(0.2f, -1f, 0.4f))

            let light =
                EnvironmentLight.Of(
                    panorama (fun d -> if Vector3.Dot(d, towards) > 0.9f then Vector3.One else Vector3(0.02f))
                )

            let brightest = directions |> Array.maxBy (fun d -> (radiance light d).X)
            Expect.isGreaterThan (Vector3.Dot(brightest, towards)) 0.88f $"{brightest}"
            Expect.isGreaterThan (diffuse light towards) (4.0 * diffuse light -towards) "one side is lit"
        }

        test "a picture of another shape is refused with its size" {
            Expect.throwsC
                (fun () -> EnvironmentLight.Of(Picture(ReadOnlySpan(Array.zeroCreate<float32> 300), 10, 10)) |> ignore)
                (fun error ->
                    Expect.isTrue (error :? InvalidDataException) ""
                    Expect.stringContains error.Message "10 x 10" "")
        }
    ]
