module DreamTime.Renderers.Tests.MarchingTetrahedraTests

open System
open System.Numerics
open System.Collections.Immutable
open System.Threading.Tasks
open Expecto
open DreamTime.Renderers

let private threads = ParallelOptions()

/// The surface by the kernel and by the definition: one body for both.
let private implementations: (string * (TetrahedralGrid -> float[] -> float[] -> Vector3[] * int[])) list = [
    "kernel",
    fun grid distance move ->
        let surface =
            MarchingTetrahedra(grid, threads).March(Array.map float32 distance, Array.map float32 move)

        surface.Positions, surface.Triangles
    "definition",
    fun grid distance move ->
        let struct (positions, triangles, _) =
            DmtetReference(grid, distance, move, (fun _ _ _ -> [| 0.0; 0.0; 0.0 |])).Surface()

        [| for p in positions -> Vector3(float32 p[0], float32 p[1], float32 p[2]) |],
        [|
            for t in triangles do
                yield! t
        |]
]

let private distances (grid: TetrahedralGrid) (f: Vector3 -> float) =
    Array.init grid.Vertices (fun v -> f (grid.Position v))

let private still (grid: TetrahedralGrid) =
    Array.zeroCreate<float>(3 * grid.Vertices)

let private mesh (positions: Vector3[], triangles: int[]) =
    let normals =
        VertexNormals.Of(ReadOnlySpan positions, ImmutableArray.CreateRange triangles)

    Mesh(
        ImmutableArray.CreateRange positions,
        ImmutableArray.CreateRange normals,
        ImmutableArray.CreateRange(Array.create positions.Length Vector3.One),
        ImmutableArray.CreateRange triangles
    )

/// Every edge once each way.
let private isClosed (triangles: int[]) =
    let edges = [
        for t in 0..3 .. triangles.Length - 3 do
            for i in 0..2 -> triangles[t + i], triangles[t + (i + 1) % 3]
    ]

    let known = Set edges
    known.Count = edges.Length && edges |> List.forall (fun (a, b) -> known.Contains(b, a))

let tests =
    testList "marching tetrahedra" [
        test "the lattice fills its box but for the hull, with positive tetrahedra" {
            let grid = TetrahedralGrid(5, 1f)

            let volumes = [
                for z in 0..4 do
                    for y in 0..4 do
                        for x in 0..4 do
                            for axis in 0..2 do
                                if [| x; y; z |][axis] < 4 then
                                    for struct (a, b, c, d) in grid.Tetrahedra(x, y, z, axis) do
                                        let p = grid.Position a
                                        let along v = grid.Position v - p
                                        float (Vector3.Dot(along b, Vector3.Cross(along c, along d))) / 6.0
            ]

            Expect.all volumes (fun (v: float) -> v > 0.0) "positive"
            // A sixth of each outer cube stands before each outer face.
            let outer = 6.0 * 25.0 / 6.0
            Expect.floatClose Accuracy.medium (List.sum volumes) ((125.0 - outer) * 0.4 ** 3.0) "volume"
        }

        testList "each of the 16 cases separates inside from outside" [
            for inside in 0..15 do
                test $"{inside}" {
                    let corners = [| Vector3.Zero; Vector3.UnitX; Vector3.UnitY; Vector3.UnitZ |]
                    let isInside i = inside >>> i &&& 1 = 1
                    let triangles = TetrahedronCases.Triangles[inside]
                    let count = Seq.filter isInside [ 0..3 ] |> Seq.length
                    Expect.equal (triangles.Length / 3) (Array.item count [| 0; 1; 2; 1; 0 |]) "triangles"

                    for triangle in Array.chunkBySize 3 triangles do
                        let at edge =
                            let struct (a, b) = TetrahedronCases.Edges[edge]
                            Expect.notEqual (isInside a) (isInside b) "an edge that crosses"
                            (corners[a] + corners[b]) / 2f

                        let a, b, c = at triangle[0], at triangle[1], at triangle[2]
                        let normal = Vector3.Cross(b - a, c - a)

                        for i in 0..3 do
                            Expect.equal
                                (Vector3.Dot(normal, corners[i] - a) < 0f)
                                (isInside i)
                                $"corner {i} lies behind"
                }
        ]

        for name, march in implementations do
            test $"a ball is closed, of the right size, and turned outwards: {name}" {
                let grid = TetrahedralGrid(16, 1f)

                let positions, triangles =
                    march grid (distances grid (fun p -> float (p.Length()) - 0.6)) (still grid)

                Expect.isTrue (isClosed triangles) "closed"
                let ball = mesh (positions, triangles)
                // Chords of an eighth lie up to 0.3 % within.
                Expect.isTrue (abs (ball.Area() / (4.0 * Math.PI * 0.36) - 1.0) < 0.015) $"area {ball.Area()}"

                Expect.isTrue
                    (abs (ball.Volume() / (4.0 / 3.0 * Math.PI * 0.216) - 1.0) < 0.015)
                    $"volume {ball.Volume()}"

                Expect.equal (positions.Length - triangles.Length / 2 + triangles.Length / 3) 2 "Euler's number"
            }

            test $"any signs at all give a closed surface: {name}" {
                let grid = TetrahedralGrid(6, 1f)
                let generator = Random 5

                let _, triangles =
                    march grid (distances grid (fun _ -> generator.NextDouble() - 0.5)) (still grid)

                Expect.isGreaterThan triangles.Length 1000 "a surface"
                // Where four tetrahedra meet at an edge the surface may touch itself, but every edge is used as often one way as the other.
                let uses =
                    [
                        for t in 0..3 .. triangles.Length - 3 do
                            for i in 0..2 -> triangles[t + i], triangles[t + (i + 1) % 3]
                    ]
                    |> List.countBy id
                    |> Map

                for KeyValue((a, b), count) in uses do
                    Expect.equal (Map.tryFind (b, a) uses) (Some count) $"edge {a}, {b}"
            }

        test "kernel and definition give the same triangles" {
            let renderer = DmtetScene.renderer 0
            let parameters = DmtetScene.parameters renderer
            let results = [ for _, march in implementations -> march renderer.Grid parameters[0] parameters[1] ]

            let faces (positions: Vector3[], triangles: int[]) =
                [
                    for t in Array.chunkBySize 3 triangles ->
                        let c = (positions[t[0]] + positions[t[1]] + positions[t[2]]) / 3f
                        round (1e4f * c.X), round (1e4f * c.Y), round (1e4f * c.Z)
                ]
                |> List.sort

            Expect.equal (List.length (faces results[0])) (List.length (faces results[1])) "as many"

            Expect.isGreaterThan
                (Set.intersect (Set(faces results[0])) (Set(faces results[1]))).Count
                (faces results[0] |> List.length |> fun n -> n * 98 / 100)
                "the same, but for rounding"
        }

        test "interpolation is exact for linear functions and at the vertices" {
            let grid = TetrahedralGrid(5, 1.3f)
            let f (p: Vector3) = 0.3f + 2f * p.X - p.Y + 0.7f * p.Z
            let values = Array.init grid.Vertices (fun v -> f (grid.Position v))
            let generator = Random 3

            let inner () =
                float32 (generator.NextDouble() - 0.5) * 2f * 1.3f * 0.8f

            for _ in 1..200 do
                let p = Vector3(inner (), inner (), inner ())
                Expect.isLessThan (abs (grid.Interpolate(values, p) - f p)) 1e-5f $"{p}"

            let random = Array.init grid.Vertices (fun _ -> float32 (generator.NextDouble()))

            for v in 0 .. grid.Vertices - 1 do
                Expect.isLessThan (abs (grid.Interpolate(random, grid.Position v) - random[v])) 1e-4f $"vertex {v}"
        }

        test "every vertex is its neighbours' neighbour" {
            let grid = TetrahedralGrid(4, 1f)

            for v in 0 .. grid.Vertices - 1 do
                for n in grid.Neighbours v do
                    Expect.contains (grid.Neighbours n) v $"{v} of {n}"

            Expect.equal (Seq.length (grid.Neighbours(grid.Corner(2, 2, 2)))) 14 "6 and 8"
        }
    ]
