module DreamTime.Renderers.Tests.RasteriserTests

open System
open System.Numerics
open System.Threading.Tasks
open Expecto
open DreamTime.Renderers

let private threads = ParallelOptions()
let private size = 16

/// Looks along -z from height 1 at the plane z = 0, where a pixel is one unit wide and (0, 0) the image's middle.
let private above =
    Camera(
        Vector3(0f, 0f, 1f),
        Vector3.UnitX,
        Vector3.UnitY,
        Vector3.UnitZ,
        float32 (2.0 * Math.Atan(float size / 2.0) * 180.0 / Math.PI)
    )

let private surface (positions: Vector3[]) (triangles: int[]) =
    TetrahedralSurface(positions, triangles, Array.zeroCreate positions.Length, Array.zeroCreate positions.Length)

/// A triangle whose corners are given in pixels, at z = 0; opacity before the background, and the gradient of a loss with the given slopes.
let private draw camera (corners: Vector3[]) (slopes: float32[]) =
    let wide = ImageMargin.Around(1, size, size, false)

    let view =
        DmtetView(surface corners [| 0; 1; 2 |], [||], camera, Vector3.One, Shading.Albedo, wide, 0, threads)

    for struct (_, pixel) in view.Covered() do
        wide.Opacity[pixel] <- 1f

    view.Antialias threads
    let images = ImageMargin.Cut wide
    let gradient = Array.zeroCreate<Vector3> corners.Length
    view.Backward(ImageGradients(Opacity = slopes), images, gradient.AsSpan()) |> ignore
    images.Opacity, gradient

let private ones = Array.create (size * size) 1f

let private at x y =
    Vector3(x - float32 size / 2f, float32 size / 2f - y, 0f)

let tests =
    testList "rasteriser" [
        test "a triangle's straight edges cover pixels by their parts" {
            // Right angle at the top left: columns from 2.3, rows from 3.6.
            let opacity, _ = draw above [| at 2.3f 3.6f; at 2.3f 13.6f; at 13.3f 3.6f |] ones

            for row in 5..9 do
                Expect.floatClose
                    Accuracy.medium
                    (float opacity[row * size + 2])
                    0.7
                    $"row {row}, the pixel that the edge lies in"

                Expect.equal opacity[row * size + 1] 0f "outside"
                Expect.equal opacity[row * size + 3] 1f "inside"

            for column in 4..8 do
                Expect.floatClose Accuracy.medium (float opacity[3 * size + column]) 0.4 $"column {column}"
        }

        test "the sum of a triangle's coverage is its area" {
            let generator = Random 6

            for _ in 1..20 do
                let corner () =
                    at (2f + 12f * float32 (generator.NextDouble())) (2f + 12f * float32 (generator.NextDouble()))

                let a, b, c = corner (), corner (), corner ()
                let area = abs (float (Vector3.Cross(b - a, c - a).Z)) / 2.0
                let opacity, _ = draw above [| a; b; c |] ones
                // Only corners are rounded: three of them, each within a pixel.
                Expect.isLessThan (abs (float (Array.sum opacity) - area)) 3.0 $"{a}, {b}, {c}"
        }

        test "moving an edge changes the coverage as predicted" {
            let corners = [| at 2.3f 3.6f; at 2.3f 13.6f; at 13.3f 3.6f |]

            let slopes =
                Array.init (size * size) (fun p -> if p / size >= 6 && p / size < 9 && p % size < 5 then 1f else 0f)

            let _, gradient = draw above corners slopes

            for corner in 0..2 do
                for axis in 0..1 do
                    let moved step =
                        let shift = if axis = 0 then Vector3(step, 0f, 0f) else Vector3(0f, step, 0f)

                        let opacity, _ =
                            draw above (Array.mapi (fun i p -> if i = corner then p + shift else p) corners) slopes

                        Array.map2 (*) opacity slopes |> Array.sumBy float

                    let h = 1e-3f
                    let predicted = gradient[corner]
                    let slope = (moved h - moved -h) / (2.0 * float h)

                    Expect.isLessThan
                        (abs (slope - float (if axis = 0 then predicted.X else predicted.Y)))
                        2e-3
                        $"corner {corner}, axis {axis}: {slope}, {gradient[corner]}"

            // Rows at 2.9, 3.9 and 4.9 of the 10 that the left edge has: the right-hand part of each pixel goes to the corners by their distance.
            Expect.floatClose Accuracy.low (float gradient[0].X) -1.83 "upper corner"
            Expect.floatClose Accuracy.low (float gradient[1].X) -1.17 "lower corner"
        }

        test "triangles that share an edge leave no gap and no seam" {
            let generator = Random 4

            let corners = [|
                for _ in 0..3 -> Vector3(float32 (generator.NextDouble()), float32 (generator.NextDouble()), 0f)
            |]

            let fan =
                surface [| Vector3(0.3f, 0.2f, 0f); at -4f -4f; at 20f -4f; at 20f 20f; at -4f 20f; corners[0] |] [|
                    0
                    2
                    1
                    0
                    3
                    2
                    0
                    4
                    3
                    0
                    1
                    4
                |]

            let wide = ImageMargin.Around(1, size, size, false)

            let view =
                DmtetView(fan, [||], above, Vector3.One, Shading.Albedo, wide, 0, threads)

            Expect.equal (Seq.length (view.Covered())) ((size + 2) * (size + 2)) "every pixel, once"

            for struct (_, pixel) in view.Covered() do
                wide.Opacity[pixel] <- 1f

            view.Antialias threads
            Expect.all wide.Opacity (fun o -> o = 1f) "nothing mixed"
        }

        test "what is behind the camera is not seen, and what reaches behind it is cut" {
            let behind, _ =
                draw above [| Vector3(-1f, -1f, 2f); Vector3(1f, -1f, 2f); Vector3(0f, 1f, 2f) |] ones

            Expect.all behind (fun o -> o = 0f) "behind"

            // A floor below the line of sight that begins behind the camera: it fills the lower half.
            let level = Camera(Vector3.Zero, Vector3.UnitX, Vector3.UnitZ, Vector3.UnitY, 90f)
            let floor = [| Vector3(-900f, 500f, -1f); Vector3(900f, 500f, -1f); Vector3(0f, -4000f, -1f) |]
            let opacity, gradient = draw level floor ones
            Expect.all [ for p in 0 .. size * size / 2 - 1 -> opacity[p] ] (fun o -> o < 0.5f) "sky"
            Expect.all [ for p in size * size / 2 + size .. size * size - 1 -> opacity[p] ] (fun o -> o = 1f) "floor"
            Expect.all gradient (fun g -> Single.IsFinite(g.LengthSquared())) "finite"
        }

        test "a pixel gives its neighbours no more than itself" {
            // A diamond of a third of a pixel around a centre.
            let opacity, _ = draw above [| at 8.5f 8.3f; at 8.3f 8.6f; at 8.7f 8.6f |] ones
            Expect.all opacity (fun o -> o >= 0f && o <= 1f) ""
        }
    ]
