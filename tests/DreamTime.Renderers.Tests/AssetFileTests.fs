module DreamTime.Renderers.Tests.AssetFileTests

open System
open System.Collections.Immutable
open System.IO
open System.IO.Compression
open System.Numerics
open System.Text
open Expecto
open DreamTime.Renderers
open DreamTime.Renderers.Tests.MarchingCubesTests

let private inFolder (body: string -> unit) =
    let folder = Directory.CreateTempSubdirectory "dreamtime-files-"

    try
        body folder.FullName
    finally
        folder.Delete true

/// Not symmetric in anything, so that a swapped axis or a mirror shows.
let private torusField =
    field 1f (fun p -> 10f * MathF.Exp(-20f * (Vector3(p.X * 1.5f, p.Y, p.Z * 2f - 0.3f).Length() - 0.6f)))

let private textured =
    lazy
        Asset.Extract(
            torusField,
            MarchingCubesOptions(Resolution = 24, Threshold = at10),
            AssetOptions(Triangles = Nullable 400, TextureSize = Nullable 64)
        )

let private plain =
    lazy
        Asset.Extract(
            torusField,
            MarchingCubesOptions(Resolution = 24, Threshold = at10),
            AssetOptions(Triangles = Nullable 400, TextureSize = Nullable())
        )

let private roughness, metallic = 0.4f, 0.8f

/// With a material: even numbers, and normals that lean along the columns.
let private mapped =
    lazy
        let texture = nonNull textured.Value.Texture
        let size = texture.BaseColor.Width

        let planes (value: int -> int -> float32) =
            Picture(
                ReadOnlySpan(Array.init (3 * size * size) (fun i -> value (i / (size * size)) (i % size))),
                size,
                size
            )

        Asset(
            textured.Value.Mesh,
            BakedTexture(
                texture.Atlas,
                texture.BaseColor,
                Maps =
                    MaterialMaps(
                        planes (fun channel _ -> [| 1f; roughness; metallic |][channel]),
                        planes (fun channel x -> [| float32 x / float32 size; 0.5f; 1f |][channel])
                    )
            )
        )

let private endings = [ "glb"; "obj"; "ply"; "stl"; "usdz" ]
let private facingZ (p: Vector3) = Vector3(p.Y, p.Z, p.X)

let private lines (path: string) = File.ReadAllText(path).Split '\n'

let private fieldsOf (word: string) (path: string) =
    lines path |> Array.filter _.StartsWith(word + " ") |> Array.map (fun line -> line.Split(' ')[1..])

let private number (text: string) =
    Single.Parse(text, Globalization.CultureInfo.InvariantCulture)

let tests =
    testList "Asset files" [
        test "a GLB with a texture: the picture, its coordinates, no colours at the vertices" {
            inFolder
            <| fun folder ->
                let asset = textured.Value
                let path = Path.Combine(folder, "a.glb")
                asset.Save(path, "thing")
                let model = SharpGLTF.Schema2.ModelRoot.Load path
                let primitive = Seq.exactlyOne (Seq.exactlyOne model.LogicalMeshes).Primitives
                let atlas = (nonNull asset.Texture).Atlas

                Expect.sequenceEqual
                    (primitive.GetVertexAccessor("POSITION").AsVector3Array())
                    (atlas.Vertices |> Seq.map (fun v -> facingZ asset.Mesh.Positions[v]))
                    "positions"

                Expect.sequenceEqual
                    (primitive.GetVertexAccessor("TEXCOORD_0").AsVector2Array())
                    atlas.Coordinates
                    "coordinates"

                Expect.sequenceEqual (primitive.GetIndices() |> Seq.map int) atlas.Triangles "triangles"
                Expect.isNull (primitive.GetVertexAccessor "COLOR_0") "no colours to multiply the texture with"
                let image = Seq.exactlyOne model.LogicalImages
                Expect.equal image.Content.MimeType "image/png" "picture"
                File.WriteAllBytes(Path.Combine(folder, "a.png"), image.Content.Content.ToArray())

                Expect.isGreaterThan
                    (ImageFile.Load(Path.Combine(folder, "a.png")).Psnr (nonNull asset.Texture).BaseColor)
                    50.0 // 8 bits
                    "picture"
        }

        test "an OBJ with its material and texture: y up, v from the bottom" {
            inFolder
            <| fun folder ->
                let asset = textured.Value
                let path = Path.Combine(folder, "a.obj")
                asset.Save(path, "red thing")
                let mesh, atlas = asset.Mesh, (nonNull asset.Texture).Atlas

                let vector (parts: string[]) =
                    Vector3(number parts[0], number parts[1], number parts[2])

                Expect.sequenceEqual
                    (fieldsOf "v" path |> Seq.map vector)
                    (mesh.Positions |> Seq.map facingZ)
                    "positions"

                Expect.sequenceEqual
                    (fieldsOf "vt" path |> Seq.map (fun p -> number p[0], number p[1]))
                    (atlas.Coordinates |> Seq.map (fun p -> p.X, 1f - p.Y))
                    "coordinates"

                Expect.sequenceEqual
                    (fieldsOf "f" path |> Seq.concat)
                    (Seq.map2 (fun v c -> $"{v + 1}/{c + 1}/{v + 1}") mesh.Triangles atlas.Triangles)
                    "faces"

                Expect.equal (fieldsOf "o" path) [| [| "red_thing" |] |] "name"
                Expect.equal (fieldsOf "mtllib" path) [| [| "a.mtl" |] |] "material file"
                Expect.equal (fieldsOf "map_Kd" (Path.Combine(folder, "a.mtl"))) [| [| "a.png" |] |] "texture"
                Expect.equal (ImageFile.Load(Path.Combine(folder, "a.png")).Width) 64 "picture"
        }

        test "an OBJ's material has maps where the asset has: a picture for each number" {
            inFolder
            <| fun folder ->
                let path = Path.Combine(folder, "a.obj")
                mapped.Value.Save(path, "thing")
                let material = Path.Combine(folder, "a.mtl")

                for word, file, value in
                    [ "map_Pr", "a_roughness.png", roughness; "map_Pm", "a_metallic.png", metallic ] do
                    Expect.equal (fieldsOf word material) [| [| file |] |] word
                    let picture = ImageFile.Load(Path.Combine(folder, file))
                    Expect.all picture.Color (fun v -> abs (v - value) < 0.003f) file

                Expect.equal (fieldsOf "norm" material) [| [| "a_normal.png" |] |] "normals"

                Expect.isGreaterThan
                    (ImageFile.Load(Path.Combine(folder, "a_normal.png")).Psnr
                        (nonNull (nonNull mapped.Value.Texture).Maps).Normals)
                    45.0
                    "their picture"
        }

        test "a USDZ's preview surface is connected with the maps that its package holds" {
            inFolder
            <| fun folder ->
                let path = Path.Combine(folder, "a.usdz")
                mapped.Value.Save(path, "thing")
                use zip = ZipFile.OpenRead path

                Expect.equal
                    [ for entry in zip.Entries -> entry.Name ]
                    [ "model.usda"; "base_color.png"; "metallic_roughness.png"; "normal.png" ]
                    "files"

                use reader = new StreamReader(zip.Entries[0].Open())
                let text = reader.ReadToEnd()

                for line in
                    [
                        "float inputs:metallic.connect = </Asset/Material/MetallicRoughness.outputs:b>"
                        "float inputs:roughness.connect = </Asset/Material/MetallicRoughness.outputs:g>"
                        "normal3f inputs:normal.connect = </Asset/Material/Normals.outputs:rgb>"
                        "asset inputs:file = @metallic_roughness.png@"
                        "asset inputs:file = @normal.png@"
                    ] do
                    Expect.stringContains text line ""

                // Every name that is connected to is defined, with that output.
                for connection in RegularExpressions.Regex.Matches(text, @"</Asset/Material/(\w+)\.outputs:(\w+)>") do
                    let shader, output = connection.Groups[1].Value, connection.Groups[2].Value
                    let body = text.Substring(text.IndexOf $"def Shader \"{shader}\"")
                    Expect.stringContains (body.Substring(0, body.IndexOf '}')) $"outputs:{output}" shader

                Expect.equal
                    (Seq.filter ((=) '{') text |> Seq.length)
                    (Seq.filter ((=) '}') text |> Seq.length)
                    "braces"
        }

        test "an OBJ without a texture has colours behind its positions and nothing beside it" {
            inFolder
            <| fun folder ->
                let path = Path.Combine(folder, "a.obj")
                plain.Value.Save path
                let first = (fieldsOf "v" path)[0] |> Array.map number
                let mesh = plain.Value.Mesh
                Expect.equal (Vector3(first[3], first[4], first[5])) mesh.Colors[0] "colour"
                Expect.equal (Directory.GetFiles folder) [| path |] "alone"
        }

        test "a PLY holds positions, colours and faces, as many bytes as its header says" {
            inFolder
            <| fun folder ->
                let path = Path.Combine(folder, "a.ply")
                let mesh = plain.Value.Mesh
                plain.Value.Save path
                let bytes = File.ReadAllBytes path
                let text = Encoding.Latin1.GetString bytes
                let body = text.IndexOf "end_header\n" + 11
                Expect.stringContains text $"element vertex {mesh.Positions.Length}\n" "vertices"
                Expect.stringContains text $"element face {mesh.TriangleCount}\n" "faces"
                Expect.equal (bytes.Length - body) (27 * mesh.Positions.Length + 13 * mesh.TriangleCount) "size"
                let last = body + 27 * (mesh.Positions.Length - 1)

                let at offset =
                    BitConverter.ToSingle(bytes, last + offset)

                Expect.equal (Vector3(at 0, at 4, at 8)) mesh.Positions[mesh.Positions.Length - 1] "last position"
                let red = float32 bytes[last + 24] / 255f

                Expect.isLessThan
                    (abs (red - mesh.Colors[mesh.Positions.Length - 1].X))
                    (0.51f / 255f)
                    "last vertex is red to 8 bits"

                Expect.equal
                    (BitConverter.ToInt32(bytes, bytes.Length - 4))
                    mesh.Triangles[mesh.Triangles.Length - 1]
                    "last index"
        }

        test "an STL has the mesh's volume, in cubic millimetres" {
            inFolder
            <| fun folder ->
                let path = Path.Combine(folder, "a.stl")
                let mesh = plain.Value.Mesh
                plain.Value.Save path
                let bytes = File.ReadAllBytes path
                Expect.equal bytes.Length (84 + 50 * mesh.TriangleCount) "size"
                Expect.equal (BitConverter.ToInt32(bytes, 80)) mesh.TriangleCount "count"

                let volume =
                    Seq.init mesh.TriangleCount (fun t ->
                        let at k =
                            let start = 84 + 50 * t + 12 * k

                            Vector3(
                                BitConverter.ToSingle(bytes, start),
                                BitConverter.ToSingle(bytes, start + 4),
                                BitConverter.ToSingle(bytes, start + 8)
                            )

                        float (Vector3.Dot(at 1, Vector3.Cross(at 2, at 3))) / 6.0)
                    |> Seq.sum

                Expect.floatClose { absolute = 0.0; relative = 1e-4 } volume (1e9 * mesh.Volume()) "volume"
        }

        test "a USDZ is a zip of stored files at multiples of 64 bytes, a text layer first" {
            inFolder
            <| fun folder ->
                let path = Path.Combine(folder, "a.usdz")
                let asset = textured.Value
                asset.Save(path, "a \"quoted\" thing")
                use zip = ZipFile.OpenRead path
                Expect.equal [ for entry in zip.Entries -> entry.Name ] [ "model.usda"; "base_color.png" ] "files"
                let bytes = File.ReadAllBytes path
                let mutable offset = 0

                for entry in zip.Entries do
                    Expect.equal entry.CompressedLength entry.Length "stored"
                    let local = offset

                    let begins =
                        local
                        + 30
                        + int (BitConverter.ToUInt16(bytes, local + 26))
                        + int (BitConverter.ToUInt16(bytes, local + 28))

                    Expect.equal (begins % 64) 0 $"{entry.Name} is aligned"
                    use content = entry.Open()
                    use copy = new MemoryStream()
                    content.CopyTo copy
                    Expect.sequenceEqual (copy.ToArray()) bytes[begins .. begins + int entry.Length - 1] "content"
                    offset <- begins + int entry.Length

                let text = Encoding.UTF8.GetString(bytes, 0, bytes.Length)
                Expect.stringContains text "upAxis = \"Y\"" "up"
                Expect.stringContains text "metersPerUnit = 1\n" "scale"
                Expect.stringContains text "displayName = \"a \\\"quoted\\\" thing\"" "name"
                let points = text.Substring(text.IndexOf "point3f[] points = [")

                Expect.equal
                    (points.Substring(0, points.IndexOf ")]").Split("), (").Length)
                    asset.Mesh.Positions.Length
                    "points"
        }

        test "the checksum of a zip is that of ISO 3309" {
            Expect.equal (StoredZip.Crc32("123456789"B)) 0xCBF43926u "its check value"
        }

        testList "every format" [
            for ending in endings do
                test $"{ending}: the same asset gives the same bytes, with and without a texture" {
                    inFolder
                    <| fun folder ->
                        for asset in [ textured.Value; plain.Value ] do
                            let save name =
                                let within = Directory.CreateDirectory(Path.Combine(folder, name)).FullName
                                asset.Save(Path.Combine(within, $"a.{ending}"))
                                Directory.GetFiles within |> Array.sort |> Array.map File.ReadAllBytes

                            Expect.equal (save "first") (save "second") ""
                }

                test $"{ending}: a mesh without triangles makes no file" {
                    inFolder
                    <| fun folder ->
                        let empty =
                            Mesh(ImmutableArray.Empty, ImmutableArray.Empty, ImmutableArray.Empty, ImmutableArray.Empty)

                        Expect.throwsC
                            (fun () -> Asset(empty, null).Save(Path.Combine(folder, $"a.{ending}")))
                            (fun e -> Expect.stringContains e.Message "without triangles" "")

                        Expect.isEmpty (Directory.GetFileSystemEntries folder) "nothing is written"
                }
        ]

        test "another ending is named with those that there are" {
            Expect.throwsC (fun () -> plain.Value.Save "a.fbx") (fun e ->
                Expect.stringContains e.Message ".usdz, not in '.fbx'" "")
        }

        test "numbers have a point in every culture" {
            let before = Globalization.CultureInfo.CurrentCulture

            try
                let comma =
                    Globalization.CultureInfo.InvariantCulture.Clone() :?> Globalization.CultureInfo

                comma.NumberFormat.NumberDecimalSeparator <- ","
                Globalization.CultureInfo.CurrentCulture <- comma

                inFolder
                <| fun folder ->
                    let path = Path.Combine(folder, "a.obj")
                    textured.Value.Save path
                    Expect.isFalse (lines path |> Array.skip 1 |> Array.exists _.Contains(',')) "OBJ"
            finally
                Globalization.CultureInfo.CurrentCulture <- before
        }

        test "pictures of one pixel are pictures" {
            inFolder
            <| fun folder ->
                let pixel = Picture(ReadOnlySpan [| 1f; 0f; 0f |], 1, 1)
                let path = Path.Combine(folder, "a.png")
                ImageFile.SavePng(path, pixel)
                Expect.sequenceEqual (ImageFile.Load path).Color pixel.Color "PNG"
                Turntable.Save(Path.Combine(folder, "a.gif"), [| pixel |])
                ImageFile.SavePng(path, PictureGrid([| pixel |], [||]))
                Expect.equal ((ImageFile.Load path).Psnr(ImageFile.Load path)) infinity "equal pictures"
        }

        test "the signal-to-noise ratio of a known error, as values are shown" {
            let flat value =
                Picture(ReadOnlySpan(Array.create 12 value), 2, 2)

            Expect.floatClose Accuracy.medium ((flat 0.6f).Psnr(flat 0.5f)) 20.0 "a tenth"
            Expect.floatClose Accuracy.medium ((flat 1.1f).Psnr(flat 0.9f)) 20.0 "cut off at white"

            Expect.throwsT<ArgumentException>
                (fun () -> (flat 0f).Psnr(Picture(ReadOnlySpan [| 0f; 0f; 0f |], 1, 1)) |> ignore)
                "sizes"
        }
    ]
