/// Losses on neighbouring pixels.
module DreamTime.Renderers.Tests.ImageRegularizerTests

open Expecto
open DreamTime.Renderers

let private each = [
    "normals", ImageRegularizers(NormalSmoothness = 2f)
    "depth", ImageRegularizers(DepthSmoothness = 0.5f)
    "colour", ImageRegularizers(TotalVariation = 3f)
]

let private present (values: float32[] | null) =
    match values with
    | null -> failtest "it is there"
    | values -> values

let private images seed =
    let images = Images(2, 3, 4, true)

    for salt, plane in [ 0, images.Color; 1, images.Depth; 2, present images.Normals ] do
        Agreement.single (Agreement.random (seed + salt) plane.Length)
        |> Array.iteri (fun i x -> plane[i] <- x)

    images

/// The part of the images, or of their gradients, that a loss looks at.
let private part name (color: float32[] | null) (depth: float32[] | null) (normals: float32[] | null) =
    match name with
    | "normals" -> normals
    | "depth" -> depth
    | _ -> color
    |> present

let tests =
    testList "image regularizers" [
        for name, regularizers in each do
            testProperty $"the gradient is the slope of the loss: {name}" (fun (seed: int) ->
                let images = images seed
                let planes = part name images.Color images.Depth images.Normals
                let gradients = regularizers.AddTo(ImageGradients(), images)
                let gradient = part name gradients.Color gradients.Depth gradients.Normals

                for i in 0 .. planes.Length - 1 do
                    let at = planes[i]
                    planes[i] <- at + 0.01f
                    let above = regularizers.Loss images
                    planes[i] <- at - 0.01f
                    let below = regularizers.Loss images
                    planes[i] <- at
                    // The loss is quadratic: central differences are exact but for float32's roundings of the values.
                    Expect.floatClose
                        { absolute = 1e-5; relative = 1e-4 }
                        (float gradient[i])
                        ((above - below) / 0.02)
                        $"{i}")

        test "even views have no loss, and views do not touch each other" {
            let images = Images(2, 3, 4, true)
            System.Array.Fill(images.Color, 0.25f, 36, 36)

            for _, regularizers in each do
                Expect.equal (regularizers.Loss images) 0.0 ""
        }

        test "gradients of a guidance are added to, and what is absent stays absent" {
            let images = images 5
            let color = Array.create images.Color.Length 1f

            let sum =
                ImageRegularizers(DepthSmoothness = 1f).AddTo(ImageGradients(Color = color), images)

            Expect.isTrue (obj.ReferenceEquals(sum.Color, color)) "colour"
            Expect.isNull sum.Normals "normals"

            let both =
                ImageRegularizers(TotalVariation = 1f).AddTo(ImageGradients(Color = color), images)

            let alone = ImageRegularizers(TotalVariation = 1f).AddTo(ImageGradients(), images)

            Agreement.values
                "sum"
                1e-6
                (present alone.Color |> Agreement.double |> Array.map ((+) 1.0))
                (Agreement.double (present both.Color))
        }

        test "smooth normals of images without normals are refused" {
            Expect.throwsC
                (fun () -> ImageRegularizers(NormalSmoothness = 1f).AddTo(ImageGradients(), Images(1, 2, 2)) |> ignore)
                (fun error -> Expect.stringContains error.Message "RenderSettings.Normals" "")
        }
    ]
