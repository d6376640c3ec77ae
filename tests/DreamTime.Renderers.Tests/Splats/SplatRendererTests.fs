module DreamTime.Renderers.Tests.SplatRendererTests

open System
open System.IO
open System.Numerics
open Expecto
open DreamTime.Renderers
open DreamTime.Renderers.Tests.SplatScene

let private step (renderer: SplatRenderer) seed =
    let images =
        renderer.Render(cameras, height, width, RenderSettings.ForTraining(seed, [| background |]))
    // Towards a red image: any loss will do.
    let plane = height * width

    let color =
        Array.init images.Color.Length (fun k ->
            let target = if k / plane % 3 = 0 then 1f else 0f
            (images.Color[k] - target) / float32 plane)

    renderer.Backward(ImageGradients(Color = color))
    renderer.Step() |> ignore
    images

let private state (renderer: SplatRenderer) =
    use stream = new MemoryStream()
    renderer.WriteState stream
    stream.ToArray()

let tests =
    testList "splats" [
        for degree in 0..3 do
            test $"images are those of the definition, harmonics of degree {degree}" {
                let renderer = renderer degree 2
                let images = render renderer false
                let parameters = parameters renderer

                cameras
                |> Array.iteri (fun view camera ->
                    let struct (color, opacity, depth, _) = reference parameters degree camera
                    let pixels = height * width

                    let part (values: float32[]) channels =
                        values[channels * pixels * view .. channels * pixels * (view + 1) - 1] |> Agreement.double

                    // Some 20 roundings of 6e-8, and the exponent's own error of 1e-6.
                    Agreement.within $"colour of view {view}" 5e-6 color (part images.Color 3)
                    Agreement.within $"opacity of view {view}" 5e-6 opacity (part images.Opacity 1)
                    Agreement.within $"depth of view {view}" 2e-5 depth (part images.Depth 1))
            }

        for degree in [ 0; 3 ] do
            test $"gradients are finite differences of the definition, harmonics of degree {degree}" {
                let renderer = renderer degree 2
                let parameters = parameters renderer
                render renderer true |> ignore
                renderer.Backward slopes

                renderer.Gaussians.Groups
                |> Seq.iteri (fun k group ->
                    if group.Width > 0 then
                        Agreement.gradients
                            $"gradient of {group.Name}"
                            2e-4
                            0.0
                            (differences (fun () -> loss degree parameters) parameters[k])
                            (Agreement.double group.Gradient))
            }

        test "numbers do not depend on the threads" {
            let run threads =
                let renderer =
                    SplatRenderer(SplatOptions(InitialCount = 300, Threads = threads, DensifyInterval = 3), 5L)

                for seed in 1L .. 7L do
                    step renderer seed |> ignore

                state renderer

            Expect.equal (run 1) (run 3) "one thread and three"
        }

        test "a state that was written goes on as if nothing had happened" {
            let make () =
                SplatRenderer(SplatOptions(InitialCount = 200, DensifyInterval = 4), 5L)

            let unbroken = make ()

            for seed in 1L .. 6L do
                step unbroken seed |> ignore

            let bytes = state unbroken
            let resumed = make ()
            resumed.ReadState(new MemoryStream(bytes))
            Expect.equal resumed.Count unbroken.Count "as many"

            for renderer in [ unbroken; resumed ] do
                for seed in 7L .. 9L do
                    step renderer seed |> ignore

            Expect.equal (state resumed) (state unbroken) "the same bytes"
            Expect.isGreaterThan unbroken.Count 200 "the cloud grew"
        }

        test "a state that is cut off is refused and leaves the renderer as it is" {
            let renderer = renderer 1 1
            let bytes = state renderer

            for length in [ 0; 5; 30; bytes.Length / 2; bytes.Length - 1 ] do
                Expect.throwsT<InvalidDataException>
                    (fun () -> renderer.ReadState(new MemoryStream(bytes[.. length - 1])))
                    $"{length} bytes"

            Expect.equal (state renderer) bytes "unchanged"
        }

        test "one Gaussian lies where the camera projects it, and covers what its deviation says" {
            let renderer =
                SplatRenderer(SplatOptions(InitialCount = 1, DensifyInterval = 0), 1L)

            let gaussians = renderer.Gaussians
            [| 0f; 0.25f; 0f |].CopyTo(gaussians.Positions.Values, 0)
            Array.fill gaussians.LogScales.Values 0 3 (log 0.1f)
            gaussians.Opacities.Values[0] <- 0f
            // From the front, 2 away, 90 degrees over 100 rows: 50 pixels a unit of the tangent; +y is on the right.
            let images =
                renderer.Render([| Camera.Orbit(0f, 0f, 2f, 90f) |], 100, 100, RenderSettings.Evaluation Vector3.Zero)

            let at row column =
                float images.Opacity[100 * row + column]

            let centre = 50.0 + 50.0 * 0.25 / 2.0
            // The variance along the row: (50 / 2)^2 0.1^2, that of the slanting sight, and that of a pixel.
            let variance = (25.0 * 0.1) ** 2.0 * (1.0 + (0.125 ** 2.0)) + 0.3

            for column in 50..62 do
                let offset = float column + 0.5 - centre
                let vertical = 0.5 * 0.5 / (25.0 * 0.1 * 25.0 * 0.1 + 0.3)
                let expected = 0.5 * exp (-offset * offset / variance / 2.0 - vertical / 2.0)
                Expect.isTrue (abs (at 50 column - expected) < 1e-5) $"column {column}: {at 50 column}, {expected}"
        }

        test "odd sizes, one pixel, nothing in sight" {
            let renderer = renderer 0 2

            let away =
                Camera(Vector3(50f, 0f, 0f), Vector3.UnitY, Vector3.UnitZ, -Vector3.UnitX, 40f)

            for height, width in [ 1, 1; 1, 40; 33, 5 ] do
                let images =
                    renderer.Render(cameras, height, width, RenderSettings.Evaluation background)

                Expect.all images.Color (fun c -> Single.IsFinite c && c >= 0f) $"{height} x {width}"

            let images =
                renderer.Render([| away |], 8, 8, RenderSettings.ForTraining(1L, [| background |]))

            Expect.all images.Opacity (fun o -> o = 0f) "nothing"
            Expect.equal images.Color[0] background.X "the background"
            renderer.Backward(ImageGradients(Color = Array.create images.Color.Length 1f))
            Expect.equal (renderer.Step()) 0.0 "no gradient"
        }

        test "fading altogether is said, not rendered as nothing" {
            let renderer =
                SplatRenderer(SplatOptions(InitialCount = 10, DensifyInterval = 1), 1L)

            Array.fill renderer.Gaussians.Opacities.Values 0 10 -9f

            Expect.throwsC (fun () -> step renderer 1L |> ignore) (fun error ->
                Expect.stringContains error.Message "fainter than 0.005" "")
        }

        test "gradients and steps that are not finite are refused with their place" {
            let renderer = renderer 0 1
            let images = render renderer true
            let color = Array.zeroCreate<float32> images.Color.Length
            color[7] <- nanf

            Expect.throwsC (fun () -> renderer.Backward(ImageGradients(Color = color))) (fun error ->
                Expect.stringContains error.Message "row 0, column 7" "")

            Expect.throwsT<ArgumentOutOfRangeException> (fun () -> renderer.Step nanf |> ignore) "rate"
        }

        test "a PLY has the 62 properties of a Gaussian, 248 bytes each, with what was learned" {
            let renderer = renderer 1 1
            let path = Path.GetTempFileName()

            try
                SplatPly.Save(renderer, path)
                let bytes = File.ReadAllBytes path
                let text = Text.Encoding.Latin1.GetString bytes
                let body = text.IndexOf("end_header\n") + "end_header\n".Length
                let header = text[.. body - 1].Split '\n'
                Expect.equal header[0..2] [| "ply"; "format binary_little_endian 1.0"; "element vertex 24" |] ""

                let properties =
                    header |> Array.filter (fun line -> line.StartsWith "property float ")

                Expect.equal properties.Length 62 "properties"
                Expect.equal (bytes.Length - body) (24 * 248) "bytes"

                let column name =
                    Array.IndexOf(properties, $"property float {name}")

                let number i name =
                    BitConverter.ToSingle(bytes, body + 248 * i + 4 * column name)

                let gaussians = renderer.Gaussians

                for i in 0..23 do
                    let place = gaussians.Position i
                    // y up, front +z: (x, y, z) is written (y, z, x).
                    Expect.equal
                        [ for name in [ "x"; "y"; "z" ] -> number i name ]
                        [ place.Y; place.Z; place.X ]
                        "place"

                    Expect.equal (number i "opacity") gaussians.Opacities.Values[i] "opacity"
                    Expect.equal (number i "f_dc_1") gaussians.Base.Values[3 * i + 1] "green"
                    // Channel after channel: the first three are red's three functions of degree 1, of 15.
                    Expect.equal (number i "f_rest_2") gaussians.Rest.Values[9 * i + 6] "red, third function"
                    Expect.equal (number i "f_rest_15") gaussians.Rest.Values[9 * i + 1] "green, first function"
                    Expect.equal (number i "f_rest_44") 0f "a degree that was not learned"
            finally
                File.Delete path
        }

        test "a .splat has 32 bytes a Gaussian, the heaviest first" {
            let renderer = renderer 0 1
            let path = Path.GetTempFileName()

            try
                SplatFile.Save(renderer, path)
                let bytes = File.ReadAllBytes path
                Expect.equal bytes.Length (24 * 32) "bytes"

                let weight k =
                    let scale j =
                        float (BitConverter.ToSingle(bytes, 32 * k + 12 + 4 * j))

                    scale 0 * scale 1 * scale 2 * float bytes[32 * k + 27]

                for k in 0..22 do
                    Expect.isTrue (weight k >= 0.97 * weight (k + 1)) $"{k}: opacities have eight bits"

                let length k =
                    [ 28..31 ] |> List.sumBy (fun j -> ((float bytes[32 * k + j] - 128.0) / 128.0) ** 2.0) |> sqrt

                Expect.all [ 0..23 ] (fun k -> abs (length k - 1.0) < 0.02) "quaternions of length 1"
            finally
                File.Delete path
        }

        test "files keep a Gaussian's shape: its covariance in the file's axes" {
            let renderer = renderer 0 1
            let path = Path.GetTempFileName()

            try
                SplatPly.Save(renderer, path)
                let bytes = File.ReadAllBytes path
                let body = bytes.Length - 24 * 248

                let number i k =
                    BitConverter.ToSingle(bytes, body + 248 * i + 4 * k)

                let covariance (rotation: Quaternion) (scales: Vector3) =
                    let axes = Matrix4x4.CreateFromQuaternion rotation
                    let scaled = Matrix4x4.CreateScale scales * axes
                    Matrix4x4.Transpose scaled * scaled

                for i in 0..23 do
                    let gaussians = renderer.Gaussians
                    let world = covariance (gaussians.Rotation i) (gaussians.Scale i)
                    let scales = Vector3(exp (number i 55), exp (number i 56), exp (number i 57))

                    let file =
                        covariance (Quaternion(number i 59, number i 60, number i 61, number i 58)) scales

                    let expected = [ world.M22; world.M23; world.M33; world.M11; world.M21; world.M31 ]
                    let found = [ file.M11; file.M12; file.M22; file.M33; file.M13; file.M23 ]

                    for e, f in List.zip expected found do
                        Expect.isTrue (abs (e - f) < 1e-6f) $"{i}: {expected}, {found}"
            finally
                File.Delete path
        }

        test "a ball of Gaussians gives a ball's mesh" {
            let renderer =
                SplatRenderer(SplatOptions(InitialCount = 1500, InitialOpacity = 0.6f), 2L)

            let mesh = MarchingCubes.Extract(renderer, MarchingCubesOptions(Resolution = 48))
            let radii = mesh.Positions |> Seq.map (fun p -> float (p.Length())) |> Seq.toArray
            // The places fill a ball of radius 1/2; a Gaussian's deviation there is 0.044.
            Expect.isTrue
                (Array.average radii > 0.45 && Array.average radii < 0.62)
                $"mean radius {Array.average radii}"

            Expect.isGreaterThan mesh.TriangleCount 500 "triangles"
        }
    ]
