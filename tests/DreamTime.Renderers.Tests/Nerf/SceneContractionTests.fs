module DreamTime.Renderers.Tests.SceneContractionTests

open System
open System.Numerics
open Expecto
open DreamTime.Renderers

/// Directions everywhere, lengths over four decades.
let private place seed =
    let r = Agreement.random seed 4 |> Agreement.single
    let direction = Vector3(r[0], r[1], r[2])
    Vector3.Normalize(direction + Vector3 1e-3f) * MathF.Pow(10f, 2f * r[3])

let private close (found: Vector3) (expected: Vector3) tolerance message =
    Expect.isLessThan (Vector3.Distance(found, expected) / max 1f (expected.Length())) tolerance message

let tests =
    testList "scene contraction" [
        testProperty "the unit ball stays, and all else comes to between 1 and 2, in its direction" (fun (seed: int) ->
            let x = place seed
            let contracted = SceneContraction.Contract x

            if x.Length() <= 1f then
                Expect.equal contracted x "inside"
            else
                Expect.isTrue (contracted.Length() >= 0.99999f && contracted.Length() < 2f) "between"
                close (Vector3.Normalize contracted) (Vector3.Normalize x) 1e-5f "direction"

                Expect.floatClose
                    Accuracy.medium
                    (float (contracted.Length()))
                    (2.0 - 1.0 / float (x.Length()))
                    "eq. 10")

        testProperty "expanding is contracting backwards" (fun (seed: int) ->
            let x = place seed
            // 2 - 1/|x| keeps |x| to about |x| roundings.
            close (SceneContraction.Expand(SceneContraction.Contract x)) x (1e-6f * (1f + x.Length())) "")

        testCase "it is continuous, and so is its slope, at the ball's surface"
        <| fun () ->
            for h in [ 1e-3f; 1e-4f ] do
                let along (t: float32) =
                    (SceneContraction.Contract(Vector3(0f, t, 0f))).Y

                Expect.isLessThan (abs ((along (1f + h) - along 1f) / h - 1f)) (2f * h + 1e-3f) "outside"
                Expect.isLessThan (abs ((along 1f - along (1f - h)) / h - 1f)) (2f * h + 1e-3f) "inside"

        testProperty "the stretch is the derivative of the distance by the share of the way" (fun (seed: int) ->
            let share = 0.98f * (0.5f + 0.5f * (Agreement.single (Agreement.random seed 1))[0])
            let h = 1e-3f

            let slope =
                (SceneContraction.Beyond(share + h) - SceneContraction.Beyond(share - h)) / (2f * h)

            let stretch = SceneContraction.StretchAt(SceneContraction.Beyond share)
            // The difference's own error is (h / (1 - share))^2.
            let tolerance = 1e-3 + float (h * h / ((1f - share) * (1f - share)))
            Expect.isLessThan (abs (float (slope / stretch) - 1.0)) (2.0 * tolerance) $"at {share}")

        testCase "the way ends a thousand radii beyond the ball"
        <| fun () ->
            Expect.equal (SceneContraction.Beyond 0f) 0f "its beginning"
            Expect.floatClose Accuracy.low (float (SceneContraction.Beyond 1f)) 1000.0 "its end"

        testCase "an unbounded field has no normals, and says so"
        <| fun () ->
            let renderer = NerfRenderer(NerfOptions(Bounds = NerfBounds.Unbounded), 1L)
            Expect.isFalse renderer.HasNormals ""

            Expect.throwsT<NotSupportedException>
                (fun () ->
                    renderer.Render(
                        [| Camera.Orbit(0f, 0f, 0.5f, 45f) |],
                        2,
                        2,
                        RenderSettings(Normals = true, Backgrounds = [| Vector3.One |])
                    )
                    |> ignore)
                ""

        testCase "a signed distance is not unbounded"
        <| fun () ->
            Expect.throwsC
                (fun () -> NeusRenderer(NeusOptions(Field = NerfOptions(Bounds = NerfBounds.Unbounded)), 1L) |> ignore)
                (fun error -> Expect.stringContains error.Message "Bounds" "")
    ]
