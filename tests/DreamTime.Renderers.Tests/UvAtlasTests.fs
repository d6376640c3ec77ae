module DreamTime.Renderers.Tests.UvAtlasTests

open System
open System.Collections.Immutable
open System.Numerics
open Expecto
open DreamTime.Renderers
open DreamTime.Renderers.Tests.MarchingCubesTests

let private config = {
    FsCheckConfig.defaultConfig with
        maxTest = 6
        arbitrary = [ typeof<WaveGenerator> ]
}

/// A ramp that winds around the z axis twice: each of its triangles faces up, and seen from above it lies over itself.
let private ramp =
    let steps = 64

    let rail (radius: float32) i =
        let angle = 4f * MathF.PI * float32 i / float32 steps
        Vector3(radius * cos angle, radius * sin angle, 0.3f * float32 i / float32 steps)

    let positions = [|
        for i in 0..steps do
            rail 0.5f i
            rail 1f i
    |]

    let triangles = [|
        for i in 0 .. steps - 1 do
            2 * i
            2 * i + 1
            2 * i + 3
            2 * i
            2 * i + 3
            2 * i + 2
    |]

    let each (value: Vector3) =
        ImmutableArray.CreateRange(positions |> Seq.map (fun _ -> value))

    Mesh(
        ImmutableArray.CreateRange positions,
        each Vector3.UnitZ,
        each Vector3.One,
        ImmutableArray.CreateRange triangles
    )

let private cross (a: Vector2) (b: Vector2) = a.X * b.Y - a.Y * b.X

let private corners (atlas: UvAtlas) t =
    let at k =
        atlas.Coordinates[atlas.Triangles[3 * t + k]]

    at 0, at 1, at 2

/// For each texel of a square, the triangles that hold its centre well inside.
let private coverage (size: int) (atlas: UvAtlas) =
    let covers = Array.init (size * size) (fun _ -> ResizeArray<int>())

    for t in 0 .. atlas.Triangles.Length / 3 - 1 do
        let a, b, c = corners atlas t
        let a, b, c = a * float32 size, b * float32 size, c * float32 size
        let area = cross (b - a) (c - a)
        let low, high = Vector2.Min(a, Vector2.Min(b, c)), Vector2.Max(a, Vector2.Max(b, c))

        for y in max 0 (int low.Y) .. min (size - 1) (int high.Y) do
            for x in max 0 (int low.X) .. min (size - 1) (int high.X) do
                let p = Vector2(float32 x + 0.5f, float32 y + 0.5f)

                let weights = [
                    cross (b - p) (c - p) / area
                    cross (c - p) (a - p) / area
                    cross (a - p) (b - p) / area
                ]
                // A thousandth of the triangle: single precision puts a shared edge of two neighbours that far apart at most.
                if List.min weights > 1e-3f then
                    covers[y * size + x].Add t

    covers

/// The chart of each corner: corners of one triangle are in one chart.
let private chartOf (atlas: UvAtlas) =
    let parent = Array.init atlas.Coordinates.Length id

    let rec root c =
        if parent[c] = c then c else root parent[c]

    for t in 0 .. atlas.Triangles.Length / 3 - 1 do
        for k in 1..2 do
            parent[root atlas.Triangles[3 * t + k]] <- root atlas.Triangles[3 * t]

    fun t -> root atlas.Triangles[3 * t]

let private isAtlasOf (mesh: Mesh) (atlas: UvAtlas) =
    atlas.Triangles.Length = mesh.Triangles.Length
    && Seq.forall2 (fun corner vertex -> atlas.Vertices[corner] = vertex) atlas.Triangles mesh.Triangles
    && atlas.Coordinates |> Seq.forall (fun p -> p.X >= 0f && p.Y >= 0f && p.X <= 1f && p.Y <= 1f)

let private isInjective size atlas =
    coverage size atlas |> Array.forall (fun covers -> covers.Count <= 1)

let tests =
    testList "UV atlas" [
        test "a sphere: every triangle once, inside the square, none over another, none mirrored, areas alike" {
            let mesh = Decimation.Simplify(extract 32 at10 (sphere 0.7f), 1000)
            let atlas = UvAtlas.Unwrap(mesh, 512)
            Expect.isTrue (isAtlasOf mesh atlas) "corners"
            Expect.isTrue (isInjective 512 atlas) "injective"

            let ratios = [
                for t in 0 .. mesh.TriangleCount - 1 do
                    let a, b, c = corners atlas t

                    let p k =
                        mesh.Positions[mesh.Triangles[3 * t + k]]

                    let area = Vector3.Cross(p 1 - p 0, p 2 - p 0).Length()
                    // Seen from outside a triangle runs counter-clockwise, and y grows downwards here.
                    -(cross (b - a) (c - a)) / area
            ]
            // A triangle shrinks by the cosine of its angle to the chart, of which 0.57 is the least.
            Expect.isGreaterThan (List.min ratios) (0.56f * List.max ratios) "areas"
            Expect.isGreaterThan (List.min ratios) 0f "orientation"
        }

        testPropertyWithConfig config "no two triangles overlap and all lie in the square, whatever the surface"
        <| fun waves ->
            let options =
                MarchingCubesOptions(Resolution = 10, Threshold = Nullable 1f, FloaterShare = 0f, KeepCavities = true)

            let full = MarchingCubes.Extract(waveField waves, options)
            let mesh = Decimation.Simplify(full, max 4 (full.TriangleCount / 4))
            let atlas = UvAtlas.Unwrap(mesh, 512)
            isAtlasOf mesh atlas && isInjective 512 atlas

        test "a ramp that covers itself is cut, though all of it faces one way" {
            let atlas = UvAtlas.Unwrap(ramp, 256)
            Expect.isTrue (isAtlasOf ramp atlas) "corners"
            Expect.isGreaterThan atlas.Charts 1 "charts"
            Expect.isTrue (isInjective 256 atlas) "injective"
        }

        test "charts keep two texels between them" {
            let size = 256
            let mesh = Decimation.Simplify(extract 32 at10 torus, 800)
            let atlas = UvAtlas.Unwrap(mesh, size)
            let chart = chartOf atlas
            let covers = coverage size atlas

            for y in 0 .. size - 2 do
                for x in 0 .. size - 2 do
                    let charts = [
                        for dx, dy in [ 0, 0; 1, 0; 0, 1; 1, 1 ] do
                            yield! covers[(y + dy) * size + x + dx] |> Seq.map chart
                    ]

                    Expect.isLessThanOrEqual (List.distinct charts).Length 1 $"texel {x}, {y}"
        }

        test "a good part of the square is used" {
            let mesh = Decimation.Simplify(extract 32 at10 torus, 2000)
            let atlas = UvAtlas.Unwrap(mesh, 1024)

            let area =
                Seq.init mesh.TriangleCount (fun t ->
                    let a, b, c = corners atlas t
                    abs (cross (b - a) (c - a)) / 2f)
                |> Seq.sum
            // Boxes around the ring of a torus lose its hole, those around round charts a fifth, what lies between boxes another part, paddings some.
            Expect.isGreaterThan area 0.38f ""
        }

        test "degenerate triangles have their places, too" {
            let flat =
                Mesh(
                    ImmutableArray.Create(Vector3.Zero, Vector3.UnitX, 2f * Vector3.UnitX, Vector3.UnitY),
                    ImmutableArray.CreateRange(Seq.replicate 4 Vector3.UnitZ),
                    ImmutableArray.CreateRange(Seq.replicate 4 Vector3.One),
                    ImmutableArray.Create(0, 1, 2, 0, 1, 3, 0, 0, 0)
                )

            Expect.isTrue (isAtlasOf flat (UvAtlas.Unwrap(flat, 64))) ""
        }

        test "no triangle, or too small a texture, is named" {
            let empty =
                Mesh(ImmutableArray.Empty, ImmutableArray.Empty, ImmutableArray.Empty, ImmutableArray.Empty)

            Expect.throwsT<ArgumentException> (fun () -> UvAtlas.Unwrap(empty, 64) |> ignore) "empty"
            Expect.throwsT<ArgumentOutOfRangeException> (fun () -> UvAtlas.Unwrap(ramp, 8) |> ignore) "size"

            // Forty separate triangles, each a piece of its own.
            let many =
                Mesh(
                    ImmutableArray.CreateRange(
                        Seq.init 120 (fun i ->
                            Vector3(float32 (i / 3) * 3f + float32 (i % 3 % 2), float32 (i % 3 / 2), 0f))
                    ),
                    ImmutableArray.CreateRange(Seq.replicate 120 Vector3.UnitZ),
                    ImmutableArray.CreateRange(Seq.replicate 120 Vector3.One),
                    ImmutableArray.CreateRange(Seq.init 120 id)
                )

            Expect.throwsC (fun () -> UvAtlas.Unwrap(many, 16) |> ignore) (fun e ->
                Expect.stringContains e.Message "16 x 16 texels cannot keep 40 pieces apart" "")
        }
    ]
