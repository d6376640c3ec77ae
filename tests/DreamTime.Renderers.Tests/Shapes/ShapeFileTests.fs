/// Meshes from files: what is read, and what is refused.
module DreamTime.Renderers.Tests.ShapeFileTests

open System
open System.IO
open System.IO.Compression
open System.Numerics
open System.Text
open Expecto
open DreamTime.Renderers
open DreamTime.Renderers.Tests.MarchingCubesTests

/// A closed mesh that is longer, higher and wider along different axes, so that swapped axes show.
let private mesh =
    let ellipsoid =
        NeusRenderer(NeusOptions(InitialRadii = Vector3(0.3f, 0.5f, 0.7f)), 1L)

    MarchingCubes.Extract(ellipsoid, MarchingCubesOptions(Resolution = 16))

let private inFile (name: string) (write: string -> unit) (body: string -> 'a) =
    let folder = Directory.CreateTempSubdirectory "shape"

    try
        let path = Path.Combine(folder.FullName, name)
        write path
        body path
    finally
        folder.Delete true

let private npy (descr: string) (shape: string) (data: byte[]) =
    let header =
        $"{{'descr': '{descr}', 'fortran_order': False, 'shape': ({shape}), }}".PadRight 117 + "\n"

    Array.concat [
        [| 0x93uy |]
        Encoding.ASCII.GetBytes "NUMPY"
        [| 1uy; 0uy |]
        BitConverter.GetBytes(uint16 header.Length)
        Encoding.ASCII.GetBytes header
        data
    ]

let private npz (arrays: (string * byte[]) list) (path: string) =
    use archive = ZipFile.Open(path, ZipArchiveMode.Create)

    for name, bytes in arrays do
        use entry = archive.CreateEntry(name + ".npy").Open()
        entry.Write(bytes, 0, bytes.Length)

let private bytesOf (values: 'a[]) =
    let bytes = Array.zeroCreate<byte>(Buffer.ByteLength values)
    Buffer.BlockCopy(values, 0, bytes, 0, bytes.Length)
    bytes

/// In the axes of body models: y up, front +z.
let private vertices =
    bytesOf [|
        for p in mesh.Positions do
            yield! [ float p.Y; float p.Z; float p.X ]
    |]

let private faces = bytesOf [| for index in mesh.Triangles -> uint32 index |]

let private bodyModel =
    npz [
        "v_template", npy "<f8" $"{mesh.Positions.Length}, 3" vertices
        "f", npy "<u4" $"{mesh.TriangleCount}, 3" faces
        "posedirs", npy "|O" "1," [| 0uy |]
    ]

let private asset path = Asset(mesh, null).Save(path, "thing")

let private refused (name: string) (write: string -> unit) (part: string) =
    test $"refused: {name}, {part}" {
        inFile name write (fun path ->
            Expect.throwsC (fun () -> ShapeFile.Load path |> ignore) (fun error ->
                Expect.isTrue (error :? InvalidDataException) $"{error.GetType()}"
                Expect.stringContains error.Message part ""
                Expect.stringContains error.Message name "names the file"))
    }

let private text (content: string) (path: string) = File.WriteAllText(path, content)

let private bytes (content: byte[]) (path: string) = File.WriteAllBytes(path, content)

let private withArrays v f = npz [ "vertices", v; "faces", f ]

let private triangle = npy "<i4" "1, 3" (bytesOf [| 0; 1; 2 |])

/// A PLY whose vertices are floats and whose faces are lists.
let private ply format vertices faces (body: string) =
    $"ply\nformat {format} 1.0\ncomment made by hand\nelement vertex {vertices}\nproperty float x\nproperty float y\nproperty float z\n"
    + $"element face {faces}\nproperty list uchar int vertex_indices\nend_header\n{body}"

let private corners =
    npy "<f4" "3, 3" (bytesOf [| 0f; 0f; 0f; 1f; 0f; 0f; 0f; 1f; 0f |])

let tests =
    testList "shape files" [
        for name, write in [ "a.obj", asset; "a.glb", asset; "a.ply", asset; "a.stl", asset; "a.npz", bodyModel ] do
            test $"a mesh comes back in the world's axes, at the size asked for: {name}" {
                inFile name write (fun path ->
                    let shape = (ShapeFile.Load path).Normalised 1.4f
                    Expect.equal shape.Count mesh.TriangleCount "triangles"

                    let low, high =
                        Seq.reduce (fun a b -> Vector3.Min(a, b)) shape.Positions,
                        Seq.reduce (fun a b -> Vector3.Max(a, b)) shape.Positions

                    // The ellipsoid's own sides are 0.6, 1 and 1.4 but for the grid of the surface.
                    Expect.isLessThan (Vector3.Distance(high - low, Vector3(0.6f, 1f, 1.4f))) 0.03f $"{high - low}"
                    Expect.isLessThan ((low + high).Length()) 1e-3f "centred")
            }

        test "polygons become fans, corners may count backwards, and all else is passed over" {
            inFile
                "a.obj"
                (text "# quad\nvn 0 0 1\nv 0 0 0\nv 1 0 0\nv 1 1 0\nv 0 1 0\nf 1//1 2//1 3//1 4//1\nf -4 -3 -2\n")
                (fun path -> Expect.equal (List.ofSeq (ShapeFile.Load path).Triangles) [ 0; 1; 2; 0; 2; 3; 0; 1; 2 ] "")
        }

        refused "a.obj" (text "v 0 0 0\n") "no triangle"
        refused "a.obj" (text "v 0 0\n") "line 1: a vertex has three finite coordinates"
        refused "a.obj" (text "v 0 0 nan\n") "line 1"
        refused "a.obj" (text "v 0 0 0\nf 1 2 3\n") "line 2: a face names vertex 2"
        refused "a.obj" (text "v 0 0 0\nf 1 1 x\n") "'x' is no vertex"
        refused "a.stl" (bytes [| 1uy; 2uy |]) "at least 84 bytes"
        refused "a.stl" (bytes (Array.create 84 255uy)) "begins with the word solid"
        refused "a.stl" (text "solid\nfacet normal 0 0 1\nouter loop\nvertex 0 0\n") "line 4"
        refused
            "a.stl"
            (text "solid\nouter loop\nvertex 0 0 0\nvertex 0 0 inf\n")
            "line 4: a vertex has three finite coordinates"
        refused
            "a.stl"
            (text "solid\nouter loop\nvertex 0 0 0\nvertex 0 1 0\nendloop\n")
            "line 5: a loop of a text STL has three corners"
        refused "a.stl" (text "solid\nendsolid\n") "The mesh has no triangle"
        refused "a.ply" (text "plx\n") "does not begin with the word ply"
        refused "a.ply" (text "ply\nformat ascii 1.0\n") "ends before end_header"
        refused "a.ply" (text "ply\nformat ascii 1.0\nproperty float x\n") "line 3 of the header"
        refused "a.ply" (text "ply\nformat ascii 1.0\nelement vertex 99999999999\n") "line 3"
        refused "a.ply" (text (ply "ascii" 3 0 "0 0 0\n1 0 0\n0 1 0\n")) "no triangle"
        refused "a.ply" (text (ply "ascii" 3 1 "0 0 0\n1 0 0\n0 1 0\n")) "ends too early"
        refused "a.ply" (text (ply "ascii" 3 1 "0 0 0\n1 0 0\n0 1 0\n3 0 1 3\n")) "names vertex 3 of 3"
        refused "a.ply" (text (ply "ascii" 3 1 "0 0 0\n1 0 0\n0 1 0\n2 0 1\n")) "3 to 999 corners, not 2"
        refused "a.ply" (text (ply "ascii" 3 1 "0 0 0\n1 0 x\n")) "'x' is no number"
        refused "a.ply" (text (ply "ascii" 3 1 "0 0 0\n1 0 nan\n0 1 0\n3 0 1 2\n")) "not finite"
        refused "a.ply" (text (ply "binary_little_endian" 3 1 "")) "it is cut off"
        refused "a.ply" (text (ply "binary_middle_endian" 3 1 "")) "no format"
        refused
            "a.ply"
            (text
                "ply\nformat ascii 1.0\nelement vertex 1\nproperty float x\nproperty float y\nproperty float z\nend_header\n0 0 0\n")
            "points and no faces"
        refused "a.stl" (bytes (Array.zeroCreate 84)) "no triangle"
        refused "a.glb" (bytes [| 1uy; 2uy; 3uy |]) "no GLB that can be read"
        refused "a.npz" (bytes [| 1uy; 2uy; 3uy |]) "Central Directory"
        refused "a.npz" (npz [ "other", corners ]) "there are other.npy"
        refused "a.npz" (withArrays (npy "|O" "3, 3" [| 0uy |]) triangle) "pickles, never"
        refused "a.npz" (withArrays (npy "<f4" "3, 3" [| 0uy |]) triangle) "9 numbers of 4 bytes has 1"
        refused "a.npz" (withArrays (npy "<f4" "9" (Array.zeroCreate 36)) triangle) "shape [9]"
        refused "a.npz" (withArrays (npy "<f4" "2147483647, 3" [||]) triangle) "numbers of 4 bytes has 0"
        refused "a.npz" (withArrays (npy "<f4" "99999999999, 3" [||]) triangle) "shape (99999999999)"
        refused "a.npz" (withArrays corners (npy "<i4" "1, 3" (bytesOf [| 0; 1; 3 |]))) "names vertex 3 of 3"
        refused "a.npz" (withArrays corners (npy "<i4" "0, 3" [||])) "no triangle"
        refused "a.npz" (withArrays corners[..9] triangle) "NPY"

        test "a text STL is the mesh that it says, in any layout" {
            let facet =
                "facet normal 0 0 1\r\n outer loop\r\n  vertex 0 0 0\r\n\tvertex 1e0 0 0\r\n  vertex 0 1 -2.5\r\n endloop\r\nendfacet\r\n"

            inFile "a.stl" (text $"\n solid a long name\r\n{facet}{facet}endsolid a long name\r\n") (fun path ->
                let shape = ShapeFile.Load path
                Expect.equal shape.Count 2 ""
                Expect.equal shape.Positions[5] (Vector3(0f, 1f, -2.5f)) "")
        }

        test "a binary STL may begin with the word solid" {
            inFile "a.stl" asset (fun path ->
                let content = File.ReadAllBytes path
                "solid"B.CopyTo(content, 0)
                File.WriteAllBytes(path, content)
                Expect.equal (ShapeFile.Load path).Count mesh.TriangleCount "")
        }

        test "a PLY as text: polygons, other elements, other properties, and big-endian numbers" {
            let content =
                "ply\r\nformat ascii 1.0\r\nelement other 2\r\nproperty list uchar float stuff\r\n"
                + "element vertex 4\r\nproperty uchar quality\r\nproperty double x\r\nproperty double y\r\nproperty double z\r\n"
                + "element face 1\r\nproperty uchar flags\r\nproperty list uint8 uint32 vertex_index\r\nend_header\r\n"
                + "2 0.5 0.5\r\n0\r\n7 0 0 0\r\n7 1 0 0\r\n7 1 1 0\r\n7 0 1 3\r\n1 4 0 1 2 3\r\n"

            inFile "a.ply" (text content) (fun path ->
                let shape = ShapeFile.Load path
                Expect.equal (List.ofSeq shape.Triangles) [ 0; 1; 2; 0; 2; 3 ] ""
                Expect.equal shape.Positions[3] (Vector3(0f, 1f, 3f)) "")

            let big (value: float32) =
                BitConverter.GetBytes value |> Array.rev

            let rows =
                Array.concat [
                    for value in [ 0f; 0f; 0f; 1f; 0f; 0f; 0f; 1f; -2.5f ] do
                        big value
                    [| 3uy; 0uy; 0uy; 0uy; 0uy; 0uy; 0uy; 0uy; 1uy; 0uy; 0uy; 0uy; 2uy |]
                ]

            let head = Encoding.ASCII.GetBytes(ply "binary_big_endian" 3 1 "")

            inFile "a.ply" (bytes (Array.append head rows)) (fun path ->
                Expect.equal (ShapeFile.Load path).Positions[2] (Vector3(0f, 1f, -2.5f)) "")
        }

        test "an ending that is none of these is named" {
            inFile "a.fbx" (text "x") (fun path ->
                Expect.throwsC (fun () -> ShapeFile.Load path |> ignore) (fun error ->
                    Expect.stringContains error.Message ".obj, .glb, .ply, .stl or .npz" ""))
        }

        testProperty "whatever the bytes, a mesh or one clear error" (fun (content: byte[]) ->
            for name in [ "a.obj"; "a.glb"; "a.ply"; "a.stl"; "a.npz" ] do
                inFile name (bytes content) (fun path ->
                    try
                        Expect.isGreaterThan (ShapeFile.Load path).Count 0 ""
                    with :? InvalidDataException ->
                        ()))
    ]
