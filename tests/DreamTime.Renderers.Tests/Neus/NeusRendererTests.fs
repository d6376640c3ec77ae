module DreamTime.Renderers.Tests.NeusRendererTests

open System.IO
open System.Numerics
open Expecto
open DreamTime.Renderers
open DreamTime.Renderers.Tests.NeusScene

let tests =
    testList "NeuS" [
        for annealing in [ 0; 10 ] do
            test $"images are those of the definition, annealing over {annealing} steps" {
                let renderer = renderer annealing
                let images = render renderer
                let _, forward = definition renderer annealing
                let pixels = side * side

                rays renderer
                |> Array.iteri (fun k ray ->
                    let struct (expected, _) = forward ray

                    let found = [|
                        for plane in 0..2 do
                            float images.Color[plane * pixels + k]

                        float images.Opacity[k]
                        float images.Depth[k]
                    |]

                    // The slope is a difference over 0.01, which leaves 1e-5 of the distance's 1e-7.
                    Agreement.within $"ray {k}" 2e-4 expected[..4] found)
            }

            test $"gradients are finite differences of the definition, annealing over {annealing} steps" {
                let renderer = renderer annealing
                render renderer |> ignore
                let sampled = rays renderer
                let (table, weights, variance), forward = definition renderer annealing
                let samples = renderer.TrainingSamples.Count
                renderer.Backward slopes

                let slope (values: float32[] | null) index =
                    match values with
                    | null -> 0.0
                    | values -> float values[index]

                let loss () =
                    let pixels = side * side

                    sampled
                    |> Seq.mapi (fun k ray ->
                        let struct (result, eikonal) = forward ray

                        Seq.sum (seq { for plane in 0..2 -> slope slopes.Color (plane * pixels + k) * result[plane] })
                        + slope slopes.Opacity k * result[3]
                        + slope slopes.Depth k * result[4]
                        + 0.7 * eikonal / float samples)
                    |> Seq.sum

                let compare what (parameters: float[]) (gradient: float32[]) entries =
                    Agreement.finiteDifferences what 2e-3 entries loss parameters (Agreement.double gradient)

                compare "table" table renderer.Field.Table.Gradient (largest 12 renderer.Field.Table.Gradient)
                compare "weights" weights renderer.Field.Weights.Gradient (largest 12 renderer.Field.Weights.Gradient)
                compare "variance" variance renderer.Variance.Gradient [ 0 ]
            }

        test "an untrained surface is its ellipsoid" {
            let renderer =
                NeusRenderer(NeusOptions(InitialRadii = Vector3(0.3f, 0.5f, 0.6f)), 1L)

            let mesh = MarchingCubes.Extract(renderer, MarchingCubesOptions(Resolution = 40))

            for p in mesh.Positions do
                let share = (p / Vector3(0.3f, 0.5f, 0.6f)).Length()
                Expect.isTrue (abs (share - 1f) < 0.03f) $"{p}"
        }

        test "a sphere's distance has slope 1 and turns no loss" {
            let renderer = NeusRenderer(NeusOptions(), 1L)
            renderer.Render([| camera |], 16, 16, RenderSettings.ForTraining(1L, [| background |])) |> ignore
            // Forward differences of a sphere are off by at most epsilon / (2 r), which is 0.1 near the middle.
            Expect.isTrue (renderer.LastEikonal < 0.01) $"{renderer.LastEikonal}"
        }

        test "a surface learns a colour, and numbers do not depend on the threads" {
            let run threads =
                let options =
                    NeusOptions(Field = NerfOptions(Threads = threads, OccupancyInterval = 4), CosineAnnealingSteps = 5)

                let renderer = NeusRenderer(options, 3L)
                let pixels = 12 * 12

                let losses = [
                    for step in 1L .. 40L do
                        let images =
                            renderer.Render([| camera |], 12, 12, RenderSettings.ForTraining(step, [| Vector3.One |]))

                        let wanted k =
                            if images.Opacity[k % pixels] > 0.5f && k / pixels > 0 then 0f else 1f

                        let color = Array.init (3 * pixels) (fun k -> images.Color[k] - wanted k)
                        renderer.Backward(ImageGradients(Color = color))
                        renderer.Step() |> ignore
                        color |> Array.sumBy (fun d -> float (d * d))
                ]

                use stream = new MemoryStream()
                renderer.WriteState stream
                losses, stream.ToArray()

            let losses, state = run 1

            Expect.isTrue
                (List.last losses < 0.5 * losses.Head)
                $"the loss falls from {losses.Head} to {List.last losses}"

            Expect.equal (snd (run 3)) state "one thread and three"

            let resumed =
                NeusRenderer(NeusOptions(Field = NerfOptions(OccupancyInterval = 4)), 3L)

            resumed.ReadState(new MemoryStream(state))
            Expect.equal resumed.Steps 40 "steps"

            Expect.throwsT<InvalidDataException>
                (fun () -> resumed.ReadState(new MemoryStream(state[..1000])))
                "a state that is cut off"
        }

        test "options out of range are named" {
            for options, name in
                [
                    NeusOptions(InitialRadii = Vector3(0f, 1f, 1f)), "InitialRadii"
                    NeusOptions(NormalEpsilon = 0f), "NormalEpsilon"
                    NeusOptions(Eikonal = -1f), "Eikonal"
                    NeusOptions(Field = NerfOptions(Levels = 3)), "Levels"
                ] do
                Expect.throwsC (fun () -> NeusRenderer(options, 1L) |> ignore) (fun error ->
                    Expect.stringContains error.Message name "")
        }
    ]
