/// Lambert's law, and how lights are drawn.
module DreamTime.Renderers.Tests.LightTests

open System
open System.Numerics
open Expecto
open DreamTime.Renderers

let private views = View.Around(4, 15f, 2.8f, 45f)

let private sampler mode placement seed =
    LightSampler(LightOptions(Mode = mode, Placement = placement, AlbedoShare = 0.1), seed)

let tests =
    testList "light" [
        test "light from straight above is full, from the side or behind only ambient" {
            let shading = Shading.Lit(Vector3(0f, 0f, 2f), ambient = 0.25f, diffuse = 0.75f)

            for normal, expected in
                [
                    Vector3.UnitZ, 1.0
                    Vector3.UnitX, 0.25
                    -Vector3.UnitZ, 0.25
                    Vector3.Normalize(Vector3(1f, 0f, 1f)), 0.25 + 0.75 * sqrt 0.5
                    Vector3.Zero, 0.25
                ] do
                Expect.floatClose
                    Accuracy.medium
                    (float (shading.Brightness(normal, Vector3.Zero)))
                    expected
                    $"{normal}"
        }

        testProperty "the derivatives of the brightness are its slopes" (fun (seed: int) ->
            let numbers = Agreement.random seed 6 |> Agreement.single
            let normal = Vector3.Normalize(Vector3(numbers[0], numbers[1], 1.5f))
            let place = Vector3(numbers[2], numbers[3], numbers[4])
            let shading = Shading.Lit(Vector3(1f, 2f, 5f))
            let struct (byNormal, byPlace) = shading.BrightnessSlope(normal, place)

            for axis in 0..2 do
                let mutable step = Vector3.Zero
                step[axis] <- 0.01f

                let slope f = float ((f 1f: float32) - f -1f) / 0.02
                // Differences over 0.01 of numbers near 1 keep four digits.
                Expect.isLessThan
                    (abs (slope (fun s -> shading.Brightness(normal + s * step, place)) - float byNormal[axis]))
                    1e-3
                    "normal"

                Expect.isLessThan
                    (abs (slope (fun s -> shading.Brightness(normal, place + s * step)) - float byPlace[axis]))
                    1e-3
                    "place")

        testProperty
            "lights stand at the distances asked for, by both rules, and the same draws give the same"
            (fun (seed: int64) ->
                for placement in [ LightPlacement.DreamFusion; LightPlacement.Magic3D ] do
                    let draw () =
                        (sampler ShadingMode.Diffuse placement seed).Sample(50, 100, views)

                    let shadings = draw ()
                    Expect.equal (draw ()) shadings "again"

                    for view, shading in Seq.zip views shadings do
                        let distance = shading.Light.Length()
                        Expect.isTrue (distance > 0.799f && distance < 1.501f) $"{distance}"

                        if placement = LightPlacement.Magic3D then
                            let cosine =
                                Vector3.Dot(Vector3.Normalize shading.Light, Vector3.Normalize view.Camera.Position)

                            Expect.isGreaterThan cosine 0.4999f "within 60 degrees of the way to the camera")

        test "a run begins plain, and then mixes in the shares that it says" {
            let sampler = sampler ShadingMode.Mixed LightPlacement.DreamFusion 3L
            let kinds = [ for step in 1..2000 -> (sampler.Sample(step, 2000, views))[0] ]
            Expect.all kinds[..199] (fun shading -> shading = Shading.Albedo) "the first tenth"
            let rest = kinds[200..]

            let share predicate =
                float (rest |> List.filter predicate |> List.length) / float rest.Length

            // 1800 draws: three deviations are 0.035.
            Expect.isLessThan (abs (share (fun shading -> shading = Shading.Albedo) - 0.25)) 0.035 "albedo"
            Expect.isLessThan (abs (share (fun shading -> shading.IsTextureless) - 0.375)) 0.035 "white"
        }

        test "soft light draws its share, and leaves the rest to what comes from everywhere" {
            let sampler = sampler ShadingMode.Soft LightPlacement.DreamFusion 3L

            for step in 20..60 do
                for shading in sampler.Sample(step, 100, views) do
                    Expect.floatClose Accuracy.medium (float (shading.Ambient + shading.Diffuse)) 1.0 ""
        }

        test "shares outside 0..1 and lights at no place are refused" {
            for refused in
                [
                    (fun () -> Shading.Lit(Vector3.One, ambient = 1.5f) |> ignore)
                    (fun () -> Shading.Textureless(Vector3(nanf)) |> ignore)
                    (fun () -> LightOptions(AlbedoShare = -0.1) |> ignore)
                    (fun () -> LightOptions(Distance = Interval(0f, 1f)) |> ignore)
                ] do
                Expect.throwsT<ArgumentOutOfRangeException> refused ""
        }
    ]
