module DreamTime.Renderers.Tests.AssetTests

open System
open System.Collections.Immutable
open System.IO
open System.Numerics
open Expecto
open SixLabors.ImageSharp
open SixLabors.ImageSharp.PixelFormats
open DreamTime.Renderers
open DreamTime.Renderers.Tests.MarchingCubesTests

let private inFolder (body: string -> unit) =
    let folder = Directory.CreateTempSubdirectory "dreamtime-assets-"

    try
        body folder.FullName
    finally
        folder.Delete true

let private inFile name (body: string -> unit) =
    inFolder (fun folder -> body (Path.Combine(folder, name)))

let private ball =
    lazy MarchingCubes.Extract(sphere 0.7f, MarchingCubesOptions(Resolution = 24))

let private picture height width (color: int -> int -> int -> float32) =
    let planes = [|
        for c in 0..2 do
            for y in 0 .. height - 1 do
                for x in 0 .. width - 1 -> color c y x
    |]

    Picture(planes, height, width)

/// A disc whose shade and place change from frame to frame, on a light background.
let private frame i =
    picture 48 64 (fun c y x ->
        let dx, dy = float32 x - 20f - float32 i, float32 y - 24f

        if dx * dx + dy * dy < 200f then
            0.2f + 0.6f * float32 c / 2f * (float32 y / 48f)
        else
            0.95f)

let tests =
    testList "Assets" [
        test "a GLB holds the mesh with y up and linear colours" {
            inFile "ball.glb"
            <| fun path ->
                let mesh = ball.Value
                Glb.Save(mesh, path, "ball")
                let model = SharpGLTF.Schema2.ModelRoot.Load path
                let node = Seq.exactlyOne model.LogicalNodes
                let primitive = Seq.exactlyOne node.Mesh.Primitives
                Expect.equal node.Name "ball" "name"
                Expect.equal model.Asset.Generator "DreamTime.Fs" "generator"
                Expect.isTrue primitive.Material.DoubleSided "two sides"

                let positions = primitive.GetVertexAccessor("POSITION").AsVector3Array()
                let normals = primitive.GetVertexAccessor("NORMAL").AsVector3Array()
                let colors = primitive.GetVertexAccessor("COLOR_0").AsColorArray()

                Expect.sequenceEqual positions (mesh.Positions |> Seq.map (fun p -> Vector3(p.Y, p.Z, p.X))) "positions"

                Expect.sequenceEqual (primitive.GetIndices() |> Seq.map int) mesh.Triangles "triangles"
                Expect.equal primitive.IndexAccessor.Encoding SharpGLTF.Schema2.EncodingType.UNSIGNED_INT "indices"
                let rotated = mesh.Normals |> Seq.map (fun n -> Vector3(n.Y, n.Z, n.X))
                Expect.all (Seq.zip normals rotated) (fun (a, b) -> Vector3.Distance(a, b) < 1e-6f) "normals"

                let linear (display: float32) =
                    if display <= 0.04045f then
                        display / 12.92f
                    else
                        ((display + 0.055f) / 1.055f) ** 2.4f
                // Half a step of 16 bits, and single precision.
                Expect.all
                    (Seq.zip colors mesh.Colors)
                    (fun (c, d) -> abs (c.X - linear d.X) < 2e-5f && abs (c.Z - linear d.Z) < 2e-5f && c.W = 1f)
                    "colours"
        }

        test "the same mesh gives the same bytes" {
            inFolder
            <| fun folder ->
                let save name =
                    let path = Path.Combine(folder, name)
                    Glb.Save(ball.Value, path)
                    File.ReadAllBytes path

                Expect.equal (save "a.glb") (save "b.glb") ""
        }

        test "a mesh without triangles is no asset" {
            inFile "none.glb"
            <| fun path ->
                Expect.throwsT<ArgumentException>
                    (fun () ->
                        Glb.Save(
                            Mesh(
                                ImmutableArray.Empty,
                                ImmutableArray.Empty,
                                ImmutableArray.Empty,
                                ImmutableArray.Empty
                            ),
                            path
                        ))
                    ""

                Expect.isFalse (File.Exists path) "nothing is written"
        }

        test "a PNG comes back as its picture, rounded to 8 bits" {
            inFile "a.png"
            <| fun path ->
                let original = picture 7 5 (fun c y x -> float32 (c * 35 + y * 5 + x) / 105f)
                ImageFile.SavePng(path, original)
                let loaded = ImageFile.Load path
                Expect.equal (loaded.Height, loaded.Width) (7, 5) "size"

                Expect.all
                    (Array.zip loaded.Color original.Color)
                    (fun (a, b) -> abs (a - b) <= 0.5f / 255f + 1e-6f)
                    "values"
        }

        test "values outside 0..1 are cut off" {
            inFile "a.png"
            <| fun path ->
                ImageFile.SavePng(path, picture 1 2 (fun _ _ x -> if x = 0 then -1f else 2f))
                Expect.sequenceEqual (ImageFile.Load path).Color [ 0f; 1f; 0f; 1f; 0f; 1f ] ""
        }

        test "a magnified picture repeats its pixels" {
            let small = picture 2 3 (fun c y x -> float32 (100 * c + 10 * y + x))
            let big = small.Magnified 4
            Expect.equal (big.Height, big.Width) (8, 12) "size"
            Expect.equal big.Color[2 * 96 + 7 * 12 + 11] 212f "last pixel"
            Expect.equal big.Color[96 + 3 * 12 + 4] 101f "row 0, column 1"
        }

        test "a grid magnifies small pictures and stands them in rows with labels" {
            inFolder
            <| fun folder ->
                let path = Path.Combine(folder, "grid.png")
                let pictures = [| for i in 0..4 -> picture 32 32 (fun c _ _ -> if c = i % 3 then 1f else 0f) |]
                ImageFile.SavePng(path, PictureGrid(pictures, [| for i in 0..4 -> $"view {i}" |], Columns = 3))
                let grid = ImageFile.Load path
                Expect.equal (grid.Width, grid.Height) (6 + 3 * 134, 6 + 2 * 154) "size"

                let at channel x y =
                    grid.Color[channel * grid.Width * grid.Height + y * grid.Width + x]

                Expect.equal (at 0 10 10, at 1 10 10) (1f, 0f) "first picture is red"
                Expect.equal (at 1 150 10, at 0 150 10) (1f, 0f) "second is green"
                Expect.equal (at 1 150 170, at 0 10 170) (1f, 1f) "the second row is red and green"
                Expect.equal (at 1 290 170) 1f "and white after the last"
        }

        test "a file that is no image, or half of one, says so" {
            inFile "a.png"
            <| fun path ->
                File.WriteAllText(path, "no image")
                Expect.throwsT<InvalidDataException> (fun () -> ImageFile.Load path |> ignore) "text"
                ImageFile.SavePng(path, frame 0)
                File.WriteAllBytes(path, File.ReadAllBytes path |> fun bytes -> bytes[.. bytes.Length / 2])
                Expect.throwsT<InvalidDataException> (fun () -> ImageFile.Load path |> ignore) "half"
        }

        test "a turntable has its frames, loops forever and keeps its colours" {
            inFile "turn.gif"
            <| fun path ->
                let frames = [| for i in 0..5 -> frame i |]
                Turntable.Save(path, frames)
                use gif = Image.Load<Rgba32> path
                Expect.equal gif.Frames.Count 6 "frames"
                Expect.equal (int (gif.Metadata.GetGifMetadata().RepeatCount)) 0 "forever"

                for i in 0..5 do
                    Expect.equal (gif.Frames[i].Metadata.GetGifMetadata().FrameDelay) 5 "a twentieth of a second"
                    let expected = frames[i]

                    for y in 0..47 do
                        for x in 0..63 do
                            let pixel = gif.Frames[i][x, y]
                            let plane = 48 * 64

                            let error =
                                [ float32 pixel.R, 0; float32 pixel.G, 1; float32 pixel.B, 2 ]
                                |> List.map (fun (v, c) -> abs (v / 255f - expected.Color[c * plane + y * 64 + x]))
                                |> List.max
                            // The quantiser works on 32 steps a channel; colours of one step share a palette entry.
                            Expect.isLessThan error (8f / 255f) $"frame {i} at {x}, {y}"
        }

        test "the same frames give the same GIF" {
            inFolder
            <| fun folder ->
                let save name =
                    let path = Path.Combine(folder, name)
                    Turntable.Save(path, [| for i in 0..5 -> frame i |])
                    File.ReadAllBytes path

                Expect.equal (save "a.gif") (save "b.gif") ""
        }

        test "what does not fit together makes no turntable, grid or picture" {
            inFile "a.gif"
            <| fun path ->
                Expect.throwsT<ArgumentException> (fun () -> Turntable.Save(path, [||])) "no frame"

                Expect.throwsT<ArgumentException>
                    (fun () -> Turntable.Save(path, [| frame 0; picture 1 1 (fun _ _ _ -> 0f) |]))
                    "sizes"

                Expect.throwsT<ArgumentOutOfRangeException> (fun () -> Turntable.Save(path, [| frame 0 |], 0)) "rate"

                Expect.throwsT<ArgumentException>
                    (fun () -> PictureGrid([| frame 0 |], [| "a"; "b" |]) |> ignore)
                    "labels"

                Expect.throwsT<ArgumentException> (fun () -> picture 1 1 (fun _ _ _ -> nanf) |> ignore) "not finite"
                Expect.isFalse (File.Exists path) "nothing is written"
        }

        test "a failed write leaves the old file and nothing else" {
            inFolder
            <| fun folder ->
                let path = Path.Combine(folder, "a.txt")
                AtomicFile.Write(path, fun stream -> stream.Write("old"B, 0, 3))

                let failing (stream: Stream) =
                    stream.Write("half"B, 0, 4)
                    raise (IOException "disk full")

                Expect.throwsT<IOException> (fun () -> AtomicFile.Write(path, failing)) "fails"
                Expect.equal (File.ReadAllText path) "old" "content"
                Expect.equal (Directory.GetFileSystemEntries folder) [| path |] "no temporary file"
        }

        test "a missing folder and a folder in a file's place are named" {
            inFolder
            <| fun folder ->
                let nothing (_: Stream) = ()

                Expect.throwsC (fun () -> AtomicFile.Write(Path.Combine(folder, "absent", "a"), nothing)) (fun e ->
                    Expect.stringContains e.Message (Path.Combine(folder, "absent")) "")

                Expect.throwsC (fun () -> AtomicFile.Write(folder, nothing)) (fun e ->
                    Expect.stringContains e.Message "is a folder" "")
        }
    ]
