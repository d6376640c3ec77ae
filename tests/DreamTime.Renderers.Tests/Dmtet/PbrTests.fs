module DreamTime.Renderers.Tests.PbrTests

open System
open System.Numerics
open Expecto
open DreamTime.Renderers

let private directions =
    let generator = Random 2

    [|
        for _ in 1..12 ->
            let v () = float32 (generator.NextDouble() - 0.5)
            Vector3.Normalize(Vector3(v (), v (), v ()))
    |]

/// Radiance from a direction, as the light is defined.
let private radiance (light: EnvironmentLight) (d: Vector3) =
    let lamps =
        light.Lamps
        |> Seq.sumBy (fun lamp ->
            float lamp.Radiance.X * exp (float lamp.Sharpness * (float (Vector3.Dot(lamp.Direction, d)) - 1.0)))

    float light.Ground.X + float (light.Sky.X - light.Ground.X) * (1.0 + float d.Z) / 2.0 + lamps

/// The mean over the sphere of a function, times 4 pi: a spiral of equal areas.
let private integral (f: Vector3 -> float) =
    let n = 40000

    Seq.average (
        seq {
            for i in 0 .. n - 1 do
                let z = 1.0 - (2.0 * float i + 1.0) / float n
                let r, angle = sqrt (1.0 - z * z), 2.399963 * float i
                f (Vector3(float32 (r * cos angle), float32 (r * sin angle), float32 z))
        }
    )
    * 4.0
    * Math.PI

let private number (x: float32) = Double64(float x)

let private triple (v: Vector3) =
    struct (number v.X, number v.Y, number v.Z)

let private shade light (numbers: float32[]) (normal: Vector3) (toCamera: Vector3) =
    PbrShading(light).Color(ReadOnlySpan numbers, normal, toCamera)

let tests =
    testList "PBR" [
        test "diffuse light is the integral over the cosine" {
            for n in directions do
                let expected =
                    integral (fun d -> radiance EnvironmentLight.Studio d * max 0.0 (float (Vector3.Dot(n, d))))
                    / Math.PI

                let found = PbrModel.Diffuse<Double64>(EnvironmentLight.Studio, triple n, 0).Value
                // The cosine's Gaussian is off by up to a tenth where it is small.
                Expect.isLessThan (abs (found - expected)) (0.02 + 0.06 * expected) $"{n}: {found}, {expected}"
        }

        test "mirrored light is the mean around the direction" {
            for sharpness in [ 0.8; 6.0; 90.0 ] do
                for r in directions do
                    let weight (d: Vector3) =
                        exp (sharpness * (float (Vector3.Dot(r, d)) - 1.0))

                    let expected =
                        integral (fun d -> weight d * radiance EnvironmentLight.Studio d) / integral weight

                    let found =
                        PbrModel.Specular<Double64>(EnvironmentLight.Studio, triple r, Double64 sharpness, 0).Value

                    Expect.isLessThan (abs (found - expected)) 2e-3 $"{sharpness}, {r}: {found}, {expected}"
        }

        test "under a white sky a white, rough surface is white, whatever its direction" {
            let white = EnvironmentLight()

            for n in directions do
                let color = shade white [| 1f; 1f; 1f; 0f; 1f; 0.5f; 0.5f; 0.5f |] n n
                Expect.isTrue (color.X > 0.95f && color.X <= 1f) $"{color}"
        }

        test "metal takes the albedo's hue into its reflection, and a bump leans the normal" {
            let n = Vector3.UnitZ

            let metal =
                shade EnvironmentLight.Studio [| 0.9f; 0.2f; 0.1f; 1f; 0.2f; 0.5f; 0.5f; 0.5f |] n n

            Expect.isGreaterThan metal.X (2f * metal.Y) "red"
            let plain = [| 0.5f; 0.5f; 0.5f; 0f; 0.5f; 0.5f; 0.5f; 0.5f |]
            let leant = Array.copy plain
            leant[5] <- 1f
            let expected = shade EnvironmentLight.Studio plain (Vector3(0.5f, 0f, 1f)) n

            Expect.isLessThan
                (Vector3.Distance(shade EnvironmentLight.Studio leant n n, expected))
                1e-5f
                "leant by half"
        }

        test "slopes are finite differences" {
            let generator = Random 9
            let light = EnvironmentLight.Studio

            for round in 1..20 do
                let numbers = [| for _ in 1..8 -> 0.1 + 0.8 * generator.NextDouble() |]
                let n = 1.3f * directions[round % 12]
                let toCamera = Vector3.Normalize(n + 0.5f * directions[(round + 5) % 12])
                let gradient = Vector3(0.3f, -0.7f, 1.1f)

                let value (all: float[]) =
                    let color = Array.zeroCreate<Double64> 3

                    PbrModel.Color<Double64>(
                        light,
                        ReadOnlySpan(Array.map Double64 all[..7]),
                        struct (Double64 all[8], Double64 all[9], Double64 all[10]),
                        toCamera,
                        Span color
                    )

                    float gradient.X * color[0].Value
                    + float gradient.Y * color[1].Value
                    + float gradient.Z * color[2].Value

                let material = Agreement.single numbers

                let all =
                    Array.append (Agreement.double material) [| float n.X; float n.Y; float n.Z |]

                let ofNormal = PbrShading(light).Backward(Span material, n, toCamera, gradient)

                let found =
                    Array.append (Agreement.double material) [| float ofNormal.X; float ofNormal.Y; float ofNormal.Z |]

                Agreement.finiteDifferences $"round {round}" 2e-4 [ 0..10 ] (fun () -> value all) all found
        }

        test "a light that is none is refused" {
            for light in
                [
                    EnvironmentLight(Sky = Vector3(-1f))
                    EnvironmentLight(Lamps = [| EnvironmentLamp(Vector3(2f, 0f, 0f), 3f, Vector3.One) |])
                    EnvironmentLight(Lamps = [| EnvironmentLamp(Vector3.UnitX, 0f, Vector3.One) |])
                ] do
                Expect.throwsT<ArgumentOutOfRangeException>
                    (fun () -> DmtetRenderer(DmtetOptions(Light = light), 1L) |> ignore)
                    ""
        }
    ]
