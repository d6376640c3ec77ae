module DreamTime.Renderers.Tests.DecimationTests

open System
open System.Collections.Immutable
open System.Numerics
open Expecto
open DreamTime.Renderers
open DreamTime.Renderers.Tests.MarchingCubesTests

let private config = {
    FsCheckConfig.defaultConfig with
        maxTest = 12
        arbitrary = [ typeof<WaveGenerator> ]
}

/// A flat sheet of n x n squares with a square hole in its middle, red on the left and blue on the right.
let private sheet n =
    let vertex x y = y * (n + 1) + x
    let isHole x y = x * 3 / n = 1 && y * 3 / n = 1

    let positions = [|
        for y in 0..n do
            for x in 0..n -> Vector3(float32 x / float32 n, float32 y / float32 n, 0f)
    |]

    let triangles = [|
        for y in 0 .. n - 1 do
            for x in 0 .. n - 1 do
                if not (isHole x y) then
                    vertex x y
                    vertex (x + 1) y
                    vertex (x + 1) (y + 1)
                    vertex x y
                    vertex (x + 1) (y + 1)
                    vertex x (y + 1)
    |]

    Mesh(
        ImmutableArray.CreateRange positions,
        ImmutableArray.CreateRange(positions |> Seq.map (fun _ -> Vector3.UnitZ)),
        ImmutableArray.CreateRange(positions |> Seq.map (fun p -> if p.X < 0.5f then Vector3.UnitX else Vector3.UnitZ)),
        ImmutableArray.CreateRange triangles
    )

/// Vertices that triangles use - edges + triangles, of a surface with borders: 0 for a ring.
let private openCharacteristic (mesh: Mesh) =
    let edges =
        set [
            for t in 0 .. mesh.TriangleCount - 1 do
                for k in 0..2 do
                    let a, b = mesh.Triangles[3 * t + k], mesh.Triangles[3 * t + (k + 1) % 3]
                    min a b, max a b
        ]

    (Set mesh.Triangles).Count - edges.Count + mesh.TriangleCount

let tests =
    testList "Decimation" [
        test "a tenth of the triangles still make the sphere: closed, within 1.5 % of its radius, facing outside" {
            let full = extract 32 at10 (sphere 0.7f)
            let mesh = Decimation.Simplify(full, full.TriangleCount / 10)
            Expect.isLessThanOrEqual mesh.TriangleCount (full.TriangleCount / 10) "budget"
            Expect.isTrue (isClosed mesh) "closed"
            Expect.equal (eulerCharacteristic mesh) 2 "Euler characteristic"

            // A sphere of n triangles of equal area has edges of about sqrt(4 / sqrt 3 * 4 pi r^2 / n), whose vertices and
            // middles lie e^2 / 8r apart in height; an edge may be longer than that by half.
            let edge = sqrt (4.0 / sqrt 3.0 * 4.0 * Math.PI * 0.49 / float mesh.TriangleCount)

            for position, normal in Seq.zip mesh.Positions mesh.Normals do
                Expect.isLessThan (abs (position.Length() - 0.7f)) (float32 (2.0 * edge ** 2.0 / 8.0 / 0.7)) "distance"
                Expect.isGreaterThan (Vector3.Dot(normal, Vector3.Normalize position)) 0.97f "normal"
        }

        test "a torus keeps its handle down to the last triangles" {
            let mesh = Decimation.Simplify(extract 32 at10 torus, 4)
            Expect.isTrue (isClosed mesh) "closed"
            Expect.equal (eulerCharacteristic mesh) 0 "Euler characteristic"
            Expect.isLessThan mesh.TriangleCount 100 "nearly all are gone"
        }

        testPropertyWithConfig config "closed surfaces stay closed, with the same Euler characteristic, within the box"
        <| fun waves ->
            let options =
                MarchingCubesOptions(Resolution = 10, Threshold = Nullable 1f, FloaterShare = 0f, KeepCavities = true)

            let full = MarchingCubes.Extract(waveField waves, options)
            let mesh = Decimation.Simplify(full, max 4 (full.TriangleCount / 8))
            let struct (low, high) = mesh.Bounds()

            isClosed mesh
            && eulerCharacteristic mesh = eulerCharacteristic full
            && Vector3.Min(low, Vector3(-1.2f)) = Vector3(-1.2f)
            && Vector3.Max(high, Vector3(1.2f)) = Vector3(1.2f)

        test "a flat sheet with a hole keeps its borders and its hole exactly" {
            let full = sheet 24
            let mesh = Decimation.Simplify(full, 40)
            Expect.isLessThanOrEqual mesh.TriangleCount 40 "budget"
            // Single precision: nothing may move but along straight lines.
            Expect.floatClose { absolute = 1e-5; relative = 1e-5 } (mesh.Area()) (full.Area()) "area"
            Expect.equal (mesh.Bounds()) (full.Bounds()) "the outer border"
            Expect.equal (openCharacteristic mesh, openCharacteristic full) (0, 0) "the hole"
        }

        test "colours are carried along, and their edge stays where it is" {
            let mesh = Decimation.Simplify(sheet 24, 200)

            for position, color in Seq.zip mesh.Positions mesh.Colors do
                if abs (position.X - 0.5f) > 0.2f then
                    let expected = if position.X < 0.5f then Vector3.UnitX else Vector3.UnitZ
                    Expect.isLessThan (Vector3.Distance(color, expected)) 0.3f $"at {position}"
        }

        test "what fits the budget is returned as it is, and the same mesh gives the same mesh" {
            let full = extract 16 at10 (sphere 0.7f)
            Expect.isTrue (obj.ReferenceEquals(Decimation.Simplify(full, full.TriangleCount), full)) "fits"
            let a, b = Decimation.Simplify(full, 100), Decimation.Simplify(full, 100)
            Expect.sequenceEqual a.Positions b.Positions "positions"
            Expect.sequenceEqual a.Triangles b.Triangles "triangles"
        }

        test "no triangle at all is the empty mesh still, and no budget is named" {
            let nothing =
                Mesh(ImmutableArray.Empty, ImmutableArray.Empty, ImmutableArray.Empty, ImmutableArray.Empty)

            Expect.isTrue (obj.ReferenceEquals(Decimation.Simplify(nothing, 1), nothing)) "empty"

            Expect.throwsC (fun () -> Decimation.Simplify(nothing, 0) |> ignore) (fun e ->
                Expect.stringContains e.Message "triangles" "")
        }
    ]
