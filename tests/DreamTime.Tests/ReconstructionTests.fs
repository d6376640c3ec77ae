module DreamTime.Tests.ReconstructionTests

open System
open System.Diagnostics
open System.IO
open System.Numerics
open System.Text.Json.Nodes
open System.Threading
open Expecto
open DreamTime
open DreamTime.Renderers
open DreamTime.Tests.CliHarness

let private small = lazy PosedScene.square 8 16

/// A dataset in a folder, its `transforms.json` changed.
let private changed (change: JsonObject -> unit) (body: string -> unit) =
    inFolder (fun folder ->
        PosedScene.write folder small.Value |> ignore
        let file = Path.Combine(folder, "transforms.json")
        let root = (nonNull (JsonNode.Parse(File.ReadAllText file))).AsObject()
        change root
        File.WriteAllText(file, string root)
        body folder)

let private frame (root: JsonObject) (i: int) =
    (nonNull ((nonNull root["frames"]).AsArray()[i])).AsObject()

let private matrix (root: JsonObject) i =
    let frame = frame root i
    (nonNull frame["transform_matrix"]).AsArray()

let private names (images: seq<PosedImage>) = [ for image in images -> image.Name ]

let private texts (values: string list) =
    let quoted = values |> List.map (fun value -> $"\"{value}\"")
    nonNull (JsonNode.Parse $"[{String.Join(',', quoted)}]")

let private refused (what: string) (change: JsonObject -> unit) (part: string) =
    test what {
        changed change (fun folder ->
            Expect.throwsC (fun () -> PosedDataset.Load(folder) |> ignore) (fun error ->
                Expect.isTrue (error :? DatasetException) $"threw {error}"
                Expect.stringContains error.Message part ""
                Expect.stringContains error.Message "transforms.json" "where"))
    }

let private reading =
    testList "transforms.json" [
        test "cameras, intrinsics and pixels arrive as they were written" {
            let settings: PosedScene.Settings = {
                PosedScene.square 24 9 with
                    Width = 32
                    Focal = Vector2(40f, 36f)
                    Principal = Vector2(13f, 14.5f)
            }

            inFolder (fun folder ->
                let dataset = PosedDataset.Load(PosedScene.write folder settings)

                Expect.equal
                    (dataset.Training.Count, dataset.Test.Count)
                    (7, 2)
                    "the first and every 8th are for testing"

                Expect.equal (names dataset.Test) [ PosedScene.name 0; PosedScene.name 8 ] "which"
                let image, expected = dataset.Test[1], PosedScene.camera settings 8
                Expect.equal (image.Width, image.Height) (32, 24) "size"
                Expect.isTrue image.HasTransparency "alpha"

                for x, y in [ 0f, 0f; 32f, 0f; 13f, 14.5f; 5f, 24f ] do
                    // Numbers go through decimal text and back exactly; the field of view is an angle in between.
                    Expect.isLessThan
                        (Vector3.Distance(image.Camera.RayDirection(x, y, 32, 24), expected.RayDirection(x, y, 32, 24)))
                        2e-6f
                        "ray"

                let axis = image.Camera.RayDirection(13f, 14.5f, 32, 24)
                Expect.isLessThan (Vector3.Distance(axis, -image.Camera.Back)) 1e-6f "the principal point")
        }

        test "camera_angle_x, paths without an ending and frames of their own intrinsics" {
            changed
                (fun root ->
                    for key in [ "fl_x"; "fl_y"; "cx"; "cy"; "w"; "h"; "camera_model" ] do
                        root.Remove key |> ignore

                    root["camera_angle_x"] <- JsonValue.Create(2.0 * Math.Atan(0.5))
                    (frame root 1)["file_path"] <- JsonValue.Create "./images/view_001"
                    (frame root 2)["fl_x"] <- JsonValue.Create 16.0)
                (fun folder ->
                    let dataset = PosedDataset.Load(folder)

                    let fov (image: PosedImage) =
                        MathF.Tan(float32 (Math.PI / 360.0) * image.Camera.FovYDegrees)

                    Expect.floatClose Accuracy.medium (float (fov dataset.Training[0])) 0.5 "from the angle"
                    Expect.floatClose Accuracy.medium (float (fov dataset.Training[1])) 0.25 "4 pixels at 16"
                    Expect.equal dataset.Training[0].Name "images/view_001" "as the file calls it")
        }

        test "test_filenames and train_filenames say which is which" {
            changed
                (fun root ->
                    root["test_filenames"] <- texts [ "./images/view_003.png"; "images/view_005" ]
                    root["train_filenames"] <- texts [ "images/view_001.png"; "images/view_002.png" ])
                (fun folder ->
                    let dataset = PosedDataset.Load(Path.Combine(folder, "transforms.json"))
                    Expect.equal (names dataset.Test) [ "images/view_003.png"; "images/view_005.png" ] "test"
                    Expect.equal (names dataset.Training) [ "images/view_001.png"; "images/view_002.png" ] "training")
        }

        testList "what cannot be honoured is named" [
            refused "no frames" (fun root -> root.Remove "frames" |> ignore) "a list of objects is expected"
            refused "one frame" (fun root -> root["frames"] <- JsonArray()) "0 frames"
            refused "a lens distortion" (fun root -> root["k1"] <- JsonValue.Create 0.1) "k1 is 0.1"
            refused "a fisheye" (fun root -> root["camera_model"] <- JsonValue.Create "OPENCV_FISHEYE") "OPENCV_FISHEYE"
            refused "another size" (fun root -> root["w"] <- JsonValue.Create 9) "8 x 8 pixels where w and h say 9 x 8"
            refused "no focal length" (fun root -> root.Remove "fl_x" |> ignore) "neither fl_x nor camera_angle_x"
            refused "a negative one" (fun root -> root["fl_x"] <- JsonValue.Create -8) "above 0"
            refused "a text for a number" (fun root -> root["cx"] <- JsonValue.Create "4") "a finite number is expected"
            refused
                "a missing image"
                (fun root -> (frame root 3)["file_path"] <- JsonValue.Create "images/none.png")
                "frames[3]: there is no image"
            refused "no path" (fun root -> (frame root 3).Remove "file_path" |> ignore) "frames[3], file_path"
            refused
                "a scaled rotation"
                (fun root ->
                    let first = (nonNull ((matrix root 2)[0])).AsArray()
                    first[0] <- JsonValue.Create 7.0)
                "frames[2], transform_matrix"
            refused
                "a matrix of texts"
                (fun root -> (frame root 2)["transform_matrix"] <- texts [ "identity" ])
                "rows of numbers"
            refused
                "a test image that is no frame"
                (fun root -> root["test_filenames"] <- texts [ "images/view_099.png" ])
                "'images/view_099.png'"
            refused
                "an image for both"
                (fun root ->
                    root["test_filenames"] <- texts [ PosedScene.name 1 ]
                    root["train_filenames"] <- texts [ PosedScene.name 1; PosedScene.name 2 ])
                "is in train_filenames and in test_filenames"
        ]

        test "a file that is no JSON, or not there, is named" {
            inFolder (fun folder ->
                Expect.throwsC (fun () -> PosedDataset.Load(folder) |> ignore) (fun error ->
                    Expect.stringContains error.Message "there is no such file" "")

                File.WriteAllText(Path.Combine(folder, "transforms.json"), "{ \"frames\": [")

                Expect.throwsC (fun () -> PosedDataset.Load(folder) |> ignore) (fun error ->
                    Expect.stringContains error.Message "is no JSON" ""))
        }
    ]

let private bounds =
    testList "bounds" [
        test "they hold the object, and little else" {
            inFolder (fun folder ->
                let dataset = PosedDataset.Load(PosedScene.write folder (PosedScene.square 32 12))
                let bounds = SceneBounds.Of dataset.Training
                let apart = Vector3.Distance(bounds.Center, PosedScene.centre)
                // The still life touches its ball of radius 1.3 nearly; a cell of the search has a twelfth of that.
                Expect.isGreaterThan bounds.Radius (0.8f * PosedScene.radius) "not too small"
                Expect.isLessThan (bounds.Radius + apart) (1.35f * PosedScene.radius) "not too large")
        }

        test "cameras that look away from each other, or all in one direction, are refused" {
            let image (camera: Camera) =
                PosedImage("a", camera, Array.create 64 128uy, 4, 4)

            let outwards =
                [| for a in 0f..60f..300f -> Camera.Orbit(a, 10f, 1f, 40f) |]
                |> Array.map (fun c -> image (Camera(c.Position, -c.Right, c.Up, -c.Back, 40f)))

            let abreast = [|
                for x in 0f .. 3f ->
                    image (Camera(Vector3(x, 0f, 0f), Vector3.UnitX, Vector3.UnitY, Vector3.UnitZ, 40f))
            |]

            // Without bounds they stand within a ball of their own.
            for images in [ outwards; abreast ] do
                let ball = SceneBounds.Around images

                for image in images do
                    Expect.isLessThan (Vector3.Distance(image.Camera.Position, ball.Center)) ball.Radius "inside"

            for images, part in [ outwards, "look away"; abreast, "same direction" ] do
                Expect.throwsC (fun () -> SceneBounds.Of images |> ignore) (fun error ->
                    Expect.stringContains error.Message part "")
        }
    ]

let private quick =
    ReconstructionOptions(
        Budget = TimeSpan.FromHours 1.0,
        Steps = Nullable 200,
        PixelsPerStep = 1024,
        FinalRate = 0.1,
        Nerf =
            NerfOptions(
                Log2TableSize = 14,
                DensityActivation = DensityActivation.TruncatedExponential,
                DensityBlob = DensityBlob.None
            ),
        Surface = MarchingCubesOptions(Resolution = 32),
        Asset = AssetOptions(Triangles = Nullable 2000, TextureSize = Nullable 128)
    )

let private reconstruct (folder: string) dataset options (stop: CancellationToken) =
    Reconstruction.RunAsync(dataset, Path.Combine(folder, "out"), options, null, stop).GetAwaiter().GetResult()

let private fitting =
    testList "fit" [
        test "views that were never learned from are explained, and the model stands where the object stood" {
            inFolder (fun folder ->
                // Off the middle, wider than high and with pixels that are not square: a camera that is read wrongly blurs all views.
                let settings: PosedScene.Settings = {
                    PosedScene.square 32 24 with
                        Width = 40
                        Focal = Vector2(50f, 44f)
                        Principal = Vector2(17f, 18f)
                }

                let dataset = PosedDataset.Load(PosedScene.write folder settings)
                let result = reconstruct folder dataset quick CancellationToken.None
                // White alone gives 9 dB, the right silhouette in one colour 18.
                Expect.isGreaterThan result.Psnr 21.0 "dB"
                Expect.equal result.Steps 200 "steps"
                Expect.equal result.TestImages.Count 3 "test images"
                Expect.all result.TestImages File.Exists "are there"
                Expect.isNull result.Warning "nothing is missing"
                let model = SharpGLTF.Schema2.ModelRoot.Load(nonNull result.Model)
                let primitive = Seq.exactlyOne (Seq.exactlyOne model.LogicalMeshes).Primitives
                let positions = primitive.GetVertexAccessor("POSITION").AsVector3Array()

                let low, high =
                    Seq.reduce (fun a b -> Vector3.Min(a, b)) positions,
                    Seq.reduce (fun a b -> Vector3.Max(a, b)) positions

                let middle = (low + high) / 2f
                // glTF's y is up: (x, y, z) has become (y, z, x).
                let c = PosedScene.centre
                Expect.isLessThan (Vector3.Distance(middle, Vector3(c.Y, c.Z, c.X))) (0.3f * PosedScene.radius) "place"
                Expect.isGreaterThan (high - low).X (1.3f * PosedScene.radius) "size")
        }

        test "the same seed gives the same images" {
            inFolder (fun folder ->
                let dataset = PosedDataset.Load(PosedScene.write folder small.Value)

                let options =
                    ReconstructionOptions(
                        Budget = TimeSpan.FromHours 1.0,
                        Steps = Nullable 5,
                        PixelsPerStep = 64,
                        Nerf = quick.Nerf
                    )

                let picture () =
                    use run = new ReconstructionRun(dataset, options)

                    for i in 0..4 do
                        run.Advance(float i / 5.0) |> ignore

                    run.Render(dataset.Test[0].Camera, 8, 8).Color

                Expect.sequenceEqual (picture ()) (picture ()) "")
        }

        test "stopped before its first step it still says what it has, and why there is no more" {
            inFolder (fun folder ->
                let dataset = PosedDataset.Load(PosedScene.write folder small.Value)
                let result = reconstruct folder dataset quick (CancellationToken(canceled = true))
                Expect.isTrue result.Cancelled "cancelled"
                Expect.equal result.Steps 0 "steps"
                Expect.isTrue (isNull result.Warning <> isNull result.Model) "a model or a reason"
                Expect.isTrue (File.Exists(Path.Combine(folder, "out", "reconstruction.json"))) "the record")
        }

        for representation in [ Representation.Neus; Representation.Dmtet; Representation.Splats ] do
            test $"{representation}, too, learns what the images show" {
                inFolder (fun folder ->
                    // A splat is never thinner than a pixel: it needs more of them than a ray does.
                    let dataset = PosedDataset.Load(PosedScene.write folder (PosedScene.square 40 9))

                    let options =
                        ReconstructionOptions(Representation = representation, PixelsPerStep = 1024, Nerf = quick.Nerf)

                    use run = new ReconstructionRun(dataset, options)
                    let unseen = dataset.Test[0]

                    let error () =
                        let picture = run.Render(unseen.Camera, 40, 40)

                        Seq.average (
                            seq {
                                for pixel in 0 .. 40 * 40 - 1 do
                                    let wanted = unseen.At(pixel % 40, pixel / 40, Vector3.One)

                                    for channel in 0..2 do
                                        float (picture.Color[channel * 1600 + pixel] - wanted[channel]) ** 2.0
                            }
                        )

                    let before = error ()

                    for i in 0..149 do
                        run.Advance(float i / 150.0) |> ignore

                    Expect.equal run.StepsDone 150 "steps"
                    let after = error ()

                    Expect.isTrue
                        (after < 0.75 * before)
                        $"on a view it has not seen, the error falls from {before} to {after}")
            }

        test "an image has no views to be fitted to" {
            Expect.throwsT<ArgumentOutOfRangeException>
                (fun () -> ReconstructionOptions(Representation = Representation.Image) |> ignore)
                ""
        }

        test "images of one pixel, too" {
            inFolder (fun folder ->
                let dataset = PosedDataset.Load(PosedScene.write folder (PosedScene.square 1 9))

                use run =
                    new ReconstructionRun(dataset, ReconstructionOptions(PixelsPerStep = 64, Nerf = quick.Nerf))

                Expect.isTrue (Double.IsFinite(run.Advance 0.0)) "")
        }
    ]

/// The mark of the project's issue on reconstruction; five minutes on two free cores, so only where it is asked for.
let private mark =
    test "NeRF: 40 views of 128 x 128 and five minutes give 28 dB on 10 others" {
        if isNull (Environment.GetEnvironmentVariable "DREAMTIME_FIVE_MINUTES") then
            skiptest "takes five minutes; DREAMTIME_FIVE_MINUTES=1 runs it"

        inFolder (fun folder ->
            let settings = PosedScene.square 128 50
            PosedScene.write folder settings |> ignore
            let file = Path.Combine(folder, "transforms.json")
            let root = (nonNull (JsonNode.Parse(File.ReadAllText file))).AsObject()
            root["test_filenames"] <- texts [ for i in 2..5..49 -> PosedScene.name i ]
            File.WriteAllText(file, string root)
            let clock = Stopwatch.StartNew()

            let result =
                reconstruct folder (PosedDataset.Load(folder)) (ReconstructionOptions()) CancellationToken.None

            printfn $"{result.Psnr:F2} dB, {result.Steps} steps, {clock.Elapsed.TotalSeconds:F0} s"
            Expect.isGreaterThan result.Psnr 28.0 "")
    }

let tests = testList "reconstruction" [ reading; bounds; fitting; mark ]
