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

let private corners =
    npy "<f4" "3, 3" (bytesOf [| 0f; 0f; 0f; 1f; 0f; 0f; 0f; 1f; 0f |])

let tests =
    testList "shape files" [
        for name, write in [ "a.obj", asset; "a.glb", asset; "a.stl", asset; "a.npz", bodyModel ] do
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
        refused "a.stl" (bytes (Array.create 84 255uy)) "text STL is not read"
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

        test "an ending that is none of these is named" {
            inFile "a.fbx" (text "x") (fun path ->
                Expect.throwsC (fun () -> ShapeFile.Load path |> ignore) (fun error ->
                    Expect.stringContains error.Message ".obj, .glb, .stl or .npz" ""))
        }

        testProperty "whatever the bytes, a mesh or one clear error" (fun (content: byte[]) ->
            for name in [ "a.obj"; "a.glb"; "a.stl"; "a.npz" ] do
                inFile name (bytes content) (fun path ->
                    try
                        Expect.isGreaterThan (ShapeFile.Load path).Count 0 ""
                    with :? InvalidDataException ->
                        ()))
    ]
