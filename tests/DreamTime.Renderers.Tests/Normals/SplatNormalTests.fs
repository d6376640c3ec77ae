/// Normals of Gaussians, and light on them.
module DreamTime.Renderers.Tests.SplatNormalTests

open System.Numerics
open Expecto
open DreamTime.Renderers
open DreamTime.Renderers.Tests.SplatScene

let private light = Vector3(1.5f, -0.7f, 2f)

let private normalSlopes =
    Agreement.single (Agreement.random 4 (3 * cameras.Length * height * width))

let private present (values: float32[] | null) =
    match values with
    | null -> failtest "it is there"
    | values -> Agreement.double values

let tests =
    testList "splat normals" [
        for name, shading in
            [
                "without light", Shading.Albedo
                "lit", Shading.Lit(light, ambient = 0.3f, diffuse = 0.7f)
                "white and lit", Shading.Textureless(light)
            ] do
            test $"images, normals and gradients are the definition's and finite differences', {name}" {
                let renderer = renderer 1 2
                let values = parameters renderer

                let images =
                    renderer.Render(
                        cameras,
                        height,
                        width,
                        RenderSettings(
                            Backgrounds = [| background |],
                            Training = true,
                            Normals = true,
                            Shadings = [| shading |]
                        )
                    )

                let definition () =
                    cameras
                    |> Array.map (fun camera ->
                        SplatReference.Render(values, 1, camera, height, width, background, shading))

                let color = definition () |> Array.collect (fun struct (color, _, _, _) -> color)

                let normals =
                    definition () |> Array.collect (fun struct (_, _, _, normals) -> normals)

                Agreement.within "colour" 1e-5 color (Agreement.double images.Color)
                Agreement.within "normals" 1e-5 normals (present images.Normals)
                renderer.Backward(ImageGradients(Color = slopes.Color, Normals = normalSlopes))
                let colorSlopes, ofNormals = present slopes.Color, Agreement.double normalSlopes

                let loss () =
                    let views = definition ()
                    let color = views |> Array.collect (fun struct (color, _, _, _) -> color)
                    let normals = views |> Array.collect (fun struct (_, _, _, normals) -> normals)
                    Array.sum (Array.map2 (*) colorSlopes color) + Array.sum (Array.map2 (*) ofNormals normals)

                renderer.Gaussians.Groups
                |> Seq.iteri (fun k group ->
                    // The harmonics of a white object learn nothing.
                    if not (shading.IsTextureless && (k = 4 || k = 5)) then
                        Agreement.gradients
                            group.Name
                            2e-4
                            0.0
                            (differences loss values[k])
                            (Agreement.double group.Gradient))
            }
    ]
