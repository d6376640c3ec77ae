/// Solids, and fields that start as them.
module DreamTime.Renderers.Tests.SolidStartTests

open System
open System.Collections.Immutable
open System.Numerics
open Expecto
open DreamTime.Renderers

let private immutable (values: 'a seq) = ImmutableArray.CreateRange values

/// A box of sides 1, 0.8 and 0.6, each of its sides in 2 n^2 triangles.
let private cuboid n =
    let half = Vector3(0.5f, 0.4f, 0.3f)
    let positions, triangles = ResizeArray(), ResizeArray()

    for axis in 0..2 do
        for side in [ -1f; 1f ] do
            let first = positions.Count

            for i in 0..n do
                for k in 0..n do
                    let mutable p = Vector3.Zero
                    p[axis] <- side
                    p[(axis + 1) % 3] <- 2f * float32 i / float32 n - 1f
                    p[(axis + 2) % 3] <- 2f * float32 k / float32 n - 1f
                    positions.Add(half * p)

            for i in 0 .. n - 1 do
                for k in 0 .. n - 1 do
                    let a, b, c, d =
                        first + i * (n + 1) + k,
                        first + (i + 1) * (n + 1) + k,
                        first + (i + 1) * (n + 1) + k + 1,
                        first + i * (n + 1) + k + 1

                    triangles.AddRange(if side > 0f then [ a; b; c; a; c; d ] else [ a; c; b; a; d; c ])

    TriangleShape(immutable positions, immutable triangles)

let private boxDistance (p: Vector3) =
    let q = Vector3.Abs p - Vector3(0.5f, 0.4f, 0.3f)

    Vector3.Max(q, Vector3.Zero).Length() + min 0f (max q.X (max q.Y q.Z))

let private points (seed: int) =
    Agreement.random seed 90
    |> Agreement.single
    |> Array.chunkBySize 3
    |> Array.map (fun p -> Vector3(p[0], p[1], p[2]))

let private opacity (field: IDensityField) (point: Vector3) =
    let positions: Vector3[] = [| point |]
    let density: float32[] = [| 0f |]
    field.Query(positions, density, Span<Vector3>.Empty)
    density[0]

let tests =
    testList "solid start" [
        testProperty "the distance to a mesh is the box's that it is, however many triangles" (fun (seed: int) ->
            for n in [ 1; 7 ] do
                let shape = SignedShape.Mesh(cuboid n, 1f)

                for p in points seed do
                    Expect.isLessThan (abs (shape.Distance p - boxDistance p)) 1e-4f $"{p}")

        testProperty "a mesh that is inside out is the same solid" (fun (seed: int) ->
            let shape = cuboid 2

            let turned =
                TriangleShape(
                    shape.Positions,
                    shape.Triangles |> Seq.chunkBySize 3 |> Seq.collect Array.rev |> immutable
                )

            for p in points seed do
                Expect.equal (SignedShape.Mesh(turned, 1f).Distance p) (SignedShape.Mesh(shape, 1f).Distance p) $"{p}")

        testProperty "an ellipsoid's distance is 0 on it, and a sphere's is exact" (fun (seed: int) ->
            let radii = Vector3(0.3f, 0.5f, 0.7f)

            for p in points seed do
                if p <> Vector3.Zero then
                    let on = radii * Vector3.Normalize p
                    Expect.isLessThan (abs ((SignedShape.Ellipsoid radii).Distance on)) 1e-5f $"{on}"
                    Expect.isLessThan (abs ((SignedShape.Sphere 0.4f).Distance p - (p.Length() - 0.4f))) 1e-5f $"{p}")

        test "a mesh with a hole still has an inside" {
            let whole = cuboid 4
            // Without two of its 192 triangles.
            let open' =
                TriangleShape(whole.Positions, whole.Triangles |> Seq.skip 6 |> immutable)

            Expect.isLessThan ((SignedShape.Mesh(open', 1f)).Distance(Vector3(0.05f, 0f, 0f))) 0f "inside"
            Expect.isGreaterThan ((SignedShape.Mesh(open', 1f)).Distance(Vector3(0.8f, 0f, 0f))) 0f "outside"
        }

        for name, make in
            [
                "NeRF", (fun () -> NerfRenderer(NerfOptions(), 3L) :> ISolidStart)
                "NeuS", (fun () -> NeusRenderer(NeusOptions(), 3L) :> ISolidStart)
            ] do
            test $"a {name} that starts as a box is solid inside it and nothing outside" {
                let renderer = make ()
                renderer.StartAs(SignedShape.Mesh(cuboid 2, 1f), 200)

                let field =
                    match box renderer with
                    | :? IDensityField as field -> field
                    | _ -> failtest "it is a field"

                let sides =
                    [| 5..12 |]
                    |> Array.collect points
                    |> Array.map (fun p -> 0.7f * p)
                    |> Array.filter (fun p -> abs (boxDistance p) > 0.08f && p.Length() < 0.98f)
                    |> Array.map (fun p -> boxDistance p < 0f, opacity field p)

                let inside, outside = sides |> Array.partition fst

                Expect.isGreaterThan (inside |> Seq.map snd |> Seq.min) (outside |> Seq.map snd |> Seq.max) "densities"
                let mesh = MarchingCubes.Extract(field, MarchingCubesOptions(Resolution = 40))
                let struct (low, high) = mesh.Bounds()
                Expect.isLessThan (Vector3.Distance(high - low, Vector3(1f, 0.8f, 0.6f))) 0.2f $"{high - low}"
            }

        test "a mesh without a size fills a ball of 0.9 m" {
            // The half diagonal of the box is sqrt 0.5.
            let scale = 0.9f / sqrt 0.5f
            Expect.isLessThan (abs (SignedShape.Mesh(cuboid 2).Distance(Vector3(0.5f * scale, 0f, 0f)))) 1e-4f ""
        }

        test "it starts only before its first step" {
            let renderer = NerfRenderer(NerfScene.small, 3L)
            NerfScene.trainStep renderer 1 |> ignore

            Expect.throwsC (fun () -> renderer.StartAs(SignedShape.Sphere 0.3f)) (fun error ->
                Expect.stringContains error.Message "before its first step" "")
        }

        test "sizes and radii out of range are refused, and a mesh that is one point" {
            for radius in [ 0f; -1f; nanf; infinityf ] do
                Expect.throwsT<ArgumentOutOfRangeException> (fun () -> SignedShape.Sphere radius |> ignore) ""
                Expect.throwsT<ArgumentOutOfRangeException> (fun () -> SignedShape.Mesh(cuboid 1, radius) |> ignore) ""

            let point =
                TriangleShape(immutable (Array.create 3 Vector3.One), immutable [ 0; 1; 2 ])

            Expect.throwsT<IO.InvalidDataException> (fun () -> SignedShape.Mesh(point, 1f) |> ignore) ""
        }
    ]
