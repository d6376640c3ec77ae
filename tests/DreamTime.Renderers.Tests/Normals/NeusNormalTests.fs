/// Normals of a signed distance, by both methods, and light on it.
module DreamTime.Renderers.Tests.NeusNormalTests

open System.Numerics
open Expecto
open DreamTime.Renderers
open DreamTime.Renderers.Tests.NeusScene

let private lit =
    Shading.Lit(Vector3(1.5f, -0.7f, 2f), ambient = 0.3f, diffuse = 0.7f)

let private settings =
    RenderSettings(Backgrounds = [| background |], Seed = 9L, Training = true, Normals = true, Shadings = [| lit |])

let private normalSlopes = Agreement.single (Agreement.random 4 (3 * side * side))

let private part (values: float32[] | null) index =
    match values with
    | null -> 0.0
    | values -> float values[index]

let private seen (color: float32[] | null) opacity depth (normals: float32[] | null) ray =
    let plane values k = part values (k * side * side + ray)

    [|
        for k in 0..2 do
            plane color k

        part opacity ray
        part depth ray

        for k in 0..2 do
            plane normals k
    |]

let tests =
    testList "NeuS normals" [
        for method in [ NormalMethod.Analytic; NormalMethod.FiniteDifference ] do
            test $"lit images, normals and their gradients are the definition's and finite differences', {method}" {
                let options = optionsOf method 0
                let renderer = rendererOf options
                let images = renderer.Render([| camera |], side, side, settings)
                let rays = rays renderer
                let table, weights, variance = parameters renderer
                let reference = NeusReference(options, table, weights, variance)
                let forward ray = reference.Forward(ray, 1.0, lit)

                rays
                |> Array.iteri (fun k ray ->
                    let struct (expected, _) = forward ray
                    // The slope is a difference over 0.01, which leaves 1e-5 of the distance's 1e-7.
                    Agreement.within
                        $"ray {k}"
                        5e-4
                        expected
                        (seen images.Color images.Opacity images.Depth images.Normals k))

                let samples = renderer.TrainingSamples.Count

                renderer.Backward(
                    ImageGradients(
                        Color = slopes.Color,
                        Opacity = slopes.Opacity,
                        Depth = slopes.Depth,
                        Normals = normalSlopes
                    )
                )

                let loss () =
                    rays
                    |> Seq.mapi (fun k ray ->
                        let struct (result, eikonal) = forward ray

                        Array.sum (
                            Array.map2 (*) result (seen slopes.Color slopes.Opacity slopes.Depth normalSlopes k)
                        )
                        + 0.7 * eikonal / float samples)
                    |> Seq.sum

                for what, parameters, gradient in
                    [
                        "table", table, renderer.Field.Table.Gradient
                        "weights", weights, renderer.Field.Weights.Gradient
                        "variance", variance, renderer.Variance.Gradient
                    ] do
                    Agreement.finiteDifferences
                        what
                        3e-3
                        (largest 10 gradient)
                        loss
                        parameters
                        (Agreement.double gradient)
            }

        for method in [ NormalMethod.Analytic; NormalMethod.FiniteDifference ] do
            test $"the normals of a sphere are its radii, {method}" {
                let renderer =
                    NeusRenderer(NeusOptions(NormalMethod = method, InitialVariance = 0.6f), 1L)

                let size = 17

                let images =
                    renderer.Render([| camera |], size, size, RenderSettings(Normals = true))

                let normals =
                    match images.Normals with
                    | null -> failtest "there are normals"
                    | normals -> normals

                for pixel in 0 .. size * size - 1 do
                    if images.Opacity[pixel] > 0.99f then
                        let direction =
                            camera.RayDirection(
                                float32 (pixel % size) + 0.5f,
                                float32 (pixel / size) + 0.5f,
                                size,
                                size
                            )

                        let place = camera.Position + images.Depth[pixel] * direction

                        let normal =
                            Vector3(normals[pixel], normals[size * size + pixel], normals[2 * size * size + pixel])

                        Expect.isGreaterThan (Vector3.Dot(normal, Vector3.Normalize place)) 0.98f $"{pixel}"
            }
    ]
