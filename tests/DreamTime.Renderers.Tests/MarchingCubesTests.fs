module DreamTime.Renderers.Tests.MarchingCubesTests

open System
open System.Collections.Generic
open System.Collections.Immutable
open System.Numerics
open System.Threading
open Expecto
open FsCheck
open FsCheck.FSharp
open DreamTime.Renderers

/// A field given by a function, coloured by position.
let field (radius: float32) (density: Vector3 -> float32) = {
    new IDensityField with
        member _.Radius = radius

        member _.Query(positions, densities, colors) =
            for i in 0 .. positions.Length - 1 do
                densities[i] <- density positions[i]

                if not colors.IsEmpty then
                    colors[i] <- (positions[i] / radius + Vector3.One) / 2f
}

/// A density that falls by a factor e every `width` across a surface, given the distance outside it; `level` on the surface.
let private shell level (width: float32) (outside: float32) =
    level * MathF.Exp(-Math.Clamp(outside / width, -8f, 8f))

let sphere (radius: float32) =
    field 1f (fun p -> shell 10f 0.05f (p.Length() - radius))

let torus =
    field 1f (fun p -> shell 10f 0.05f (Vector2(Vector2(p.X, p.Y).Length() - 0.6f, p.Z).Length() - 0.2f))

let extract resolution threshold f =
    MarchingCubes.Extract(f, MarchingCubesOptions(Resolution = resolution, Threshold = threshold))

let at10 = Nullable 10f

/// How often every directed edge occurs.
let private directedEdges (mesh: Mesh) =
    let counts = Dictionary<struct (int * int), int>()

    for t in 0 .. mesh.TriangleCount - 1 do
        for k in 0..2 do
            let edge = struct (mesh.Triangles[3 * t + k], mesh.Triangles[3 * t + (k + 1) % 3])

            match counts.TryGetValue edge with
            | true, n -> counts[edge] <- n + 1
            | _ -> counts[edge] <- 1

    counts

/// Closed and consistently oriented: every edge is used by one triangle in each direction.
let isClosed mesh =
    let edges = directedEdges mesh

    edges.Count > 0
    && edges |> Seq.forall (fun (KeyValue(struct (a, b), n)) -> n = 1 && edges.ContainsKey(struct (b, a)))

let eulerCharacteristic (mesh: Mesh) =
    mesh.Positions.Length - directedEdges(mesh).Count / 2 + mesh.TriangleCount

/// Random smooth fields: a few waves, which the hull clips; so rough at this resolution that every case of a cube occurs.
type Waves = { Terms: (Vector3 * float32) list; Offset: float32 }

type WaveGenerator =
    static member Waves() =
        let number low high =
            Gen.choose (0, 1000) |> Gen.map (fun n -> low + (high - low) * float32 n / 1000f)

        let vector =
            Gen.map3 (fun x y z -> Vector3(x, y, z)) (number -12f 12f) (number -12f 12f) (number -12f 12f)

        gen {
            let! terms = Gen.listOfLength 4 (Gen.zip vector (number 0f 6.28f))
            let! offset = number -0.5f 0.5f
            return { Terms = terms; Offset = offset }
        }
        |> Arb.fromGen

let waveField waves =
    field 1f (fun p ->
        waves.Terms
        |> List.sumBy (fun (k, phase) -> MathF.Sin(Vector3.Dot(k, p) + phase))
        |> (+) waves.Offset
        |> exp)

let private config = {
    FsCheckConfig.defaultConfig with
        maxTest = 60
        arbitrary = [ typeof<WaveGenerator> ]
}

let private within relative (actual: float) (expected: float) message =
    Expect.isLessThan (abs (actual / expected - 1.0)) relative $"{message}: {actual} for {expected}"

let tests =
    testList "Marching cubes" [
        test "a sphere is a closed surface with Euler characteristic 2, and the sphere's area and volume" {
            let mesh = extract 48 at10 (sphere 0.7f)
            Expect.isTrue (isClosed mesh) "closed"
            Expect.equal (eulerCharacteristic mesh) 2 "Euler characteristic"
            // An inscribed polyhedron of edge h loses about (h/r)^2/8 of the area: 0.04 % at h = 1/24.
            within 0.002 (mesh.Area()) (4.0 * Math.PI * 0.49) "area"
            within 0.002 (mesh.Volume()) (4.0 / 3.0 * Math.PI * 0.343) "volume"
        }

        test "vertices lie on the surface within the bisection's last interval, normals point outside" {
            let mesh = extract 48 at10 (sphere 0.7f)
            let cube = 2f / 48f

            for position, normal in Seq.zip mesh.Positions mesh.Normals do
                Expect.isLessThan (abs (position.Length() - 0.7f)) (cube / 500f) "distance"
                // A facet of edge h tilts by at most about h/r = 0.06 against the sphere; the mean of several by less.
                Expect.isGreaterThan (Vector3.Dot(normal, Vector3.Normalize position)) 0.995f "normal"
        }

        test "colours are the field's, half a cube below the surface" {
            let mesh = extract 32 at10 (sphere 0.7f)

            for i in 0 .. mesh.Positions.Length - 1 do
                let below = mesh.Positions[i] - mesh.Normals[i] / 32f
                Expect.isLessThan (Vector3.Distance(mesh.Colors[i], (below + Vector3.One) / 2f)) 1e-5f ""
        }

        test "a torus is closed and has Euler characteristic 0, and the torus's area and volume" {
            let mesh = extract 64 at10 torus
            Expect.isTrue (isClosed mesh) "closed"
            Expect.equal (eulerCharacteristic mesh) 0 "Euler characteristic"
            within 0.006 (mesh.Area()) (4.0 * Math.PI ** 2.0 * 0.6 * 0.2) "area"
            within 0.006 (mesh.Volume()) (2.0 * Math.PI ** 2.0 * 0.6 * 0.04) "volume"
        }

        testPropertyWithConfig config "every edge belongs to exactly two triangles, whatever the field"
        <| fun waves ->
            let options =
                MarchingCubesOptions(Resolution = 12, Threshold = Nullable 1f, FloaterShare = 0f, KeepCavities = true)

            let mesh = MarchingCubes.Extract(waveField waves, options)
            isClosed mesh && mesh.Volume() > 0.0

        test "white noise, which makes every case of a cube, gives a closed surface" {
            let random = Random 3
            let values = Array.init (18 * 18 * 18) (fun _ -> random.NextSingle())

            let cell (p: Vector3) =
                let index x =
                    Math.Clamp(int (round ((x + 1f) * 8f)), 0, 17)

                values[index p.X + 18 * index p.Y + 324 * index p.Z]

            let mesh =
                MarchingCubes.Extract(
                    field 1f cell,
                    MarchingCubesOptions(
                        Resolution = 16,
                        Threshold = Nullable 0.5f,
                        FloaterShare = 0f,
                        KeepCavities = true
                    )
                )

            Expect.isTrue (isClosed mesh) ""
        }

        test "a field that reaches beyond its box is closed on the box" {
            let mesh = extract 24 at10 (field 1f (fun p -> if p.Z < 0.3f then 100f else 0f))
            let low, high = mesh.Bounds().ToTuple()
            Expect.isTrue (isClosed mesh) "closed"
            Expect.isLessThan (Vector3.Distance(low, Vector3(-1f))) 0.01f "lower corner"
            Expect.isLessThan (Vector3.Distance(high, Vector3(1f, 1f, 0.3f))) 0.01f "upper corner"
        }

        test "the same field gives the same mesh" {
            let a, b = extract 32 at10 torus, extract 32 at10 torus
            Expect.sequenceEqual a.Positions b.Positions "positions"
            Expect.sequenceEqual a.Triangles b.Triangles "triangles"
            Expect.sequenceEqual a.Colors b.Colors "colours"
        }

        test "floaters go, and stay where every piece counts" {
            let two =
                field 1f (fun p ->
                    max
                        (shell 10f 0.05f ((p - Vector3(-0.2f, 0f, 0f)).Length() - 0.5f))
                        (shell 10f 0.05f ((p - Vector3(0.85f, 0f, 0f)).Length() - 0.05f)))

            let piecesOf share =
                MarchingCubes.Extract(
                    two,
                    MarchingCubesOptions(Resolution = 64, Threshold = at10, FloaterShare = share)
                )
                |> eulerCharacteristic

            Expect.equal (piecesOf 0.02f) 2 "one sphere"
            Expect.equal (piecesOf 0f) 4 "two spheres"
        }

        test "a cavity's wall goes unless it is kept" {
            let hollow = field 1f (fun p -> shell 10f 0.02f (abs (p.Length() - 0.6f) - 0.1f))

            let mesh keep =
                MarchingCubes.Extract(
                    hollow,
                    MarchingCubesOptions(Resolution = 48, Threshold = at10, KeepCavities = keep)
                )

            within 0.01 ((mesh false).Volume()) (4.0 / 3.0 * Math.PI * 0.343) "filled"
            within 0.02 ((mesh true).Volume()) (4.0 / 3.0 * Math.PI * (0.343 - 0.125)) "hollow"
        }

        test "a sponge under the skin is solid, even where a pinhole leads into it" {
            let density (p: Vector3) =
                let inHole =
                    Vector3.Cross(p, Vector3.Normalize Vector3.One).Length() < 0.08f && p.X > 0f

                let inSponge =
                    MathF.Sin(25f * p.X) * MathF.Sin(25f * p.Y) * MathF.Sin(25f * p.Z) > 0f

                if p.Length() < 0.5f && inSponge || p.Length() > 0.5f && p.Length() < 0.6f && not inHole then
                    100f
                else
                    0f

            let mesh = extract 48 at10 (field 1f density)
            Expect.equal (eulerCharacteristic mesh) 2 "Euler characteristic"
            within 0.02 (mesh.Volume()) (4.0 / 3.0 * Math.PI * 0.216) "volume"
        }

        test "a cup stays hollow" {
            let density (p: Vector3) =
                let across = Vector2(p.X, p.Y).Length()

                if abs p.Z < 0.5f && across < 0.5f && not (across < 0.4f && p.Z > -0.4f) then
                    100f
                else
                    0f

            within 0.02 ((extract 60 at10 (field 1f density)).Volume()) (Math.PI * (0.25 - 0.16 * 0.9)) "volume"
        }

        test "the automatic threshold finds a solid in fog, at any scale of densities" {
            for solid in [ 5f; 50f; 500f; 50000f ] do
                let foggy = field 1f (fun p -> if p.Length() < 0.6f then solid else 0.05f)
                within 0.03 ((extract 48 (Nullable()) foggy).Volume()) (4.0 / 3.0 * Math.PI * 0.216) $"density {solid}"
        }

        test "the automatic silhouette of a soft blob is where its rendering is half opaque" {
            // A Gaussian of standard deviation s integrates to peak * s * sqrt(2 pi) along a line through its centre.
            let peak, s = 30f, 0.25f
            let blob = field 1f (fun p -> peak * MathF.Exp(-p.LengthSquared() / (2f * s * s)))

            let radius =
                ((extract 96 (Nullable()) blob).Volume() * 3.0 / 4.0 / Math.PI) ** (1.0 / 3.0)

            let halfOpaque =
                float s * sqrt (2.0 * log (float peak * float s * sqrt (2.0 * Math.PI) / log 2.0))
            // The silhouette is known to a grid line: half a cube of 2/96 either way.
            Expect.isLessThan (abs (radius - halfOpaque)) (1.0 / 96.0) $"{radius} for {halfOpaque}"
        }

        test "a field without a surface says so" {
            let noSurface (density: float32) (threshold: Nullable<float32>) (words: string) =
                Expect.throwsC (fun () -> extract 16 threshold (field 1f (fun _ -> density)) |> ignore) (fun e ->
                    Expect.equal (e.GetType()) typeof<NoSurfaceException> "type"
                    Expect.stringStarts e.Message "no surface: " "start"
                    Expect.stringContains e.Message words "reason")

            noSurface 0f (Nullable()) "transparent"
            noSurface 0.1f (Nullable()) "transparent"
            noSurface 100f (Nullable()) "fills its whole volume"
            noSurface 1f at10 "nowhere above the threshold 10"
            noSurface 100f at10 "everywhere above the threshold 10"
        }

        test "a density that is not finite is refused with its place" {
            Expect.throwsC
                (fun () -> extract 4 at10 (field 1f (fun p -> if p = Vector3.Zero then nanf else 1f)) |> ignore)
                (fun e -> Expect.stringContains e.Message "<0, 0, 0> is NaN" "")
        }

        test "a cancelled extraction ends" {
            Expect.throwsT<OperationCanceledException>
                (fun () -> MarchingCubes.Extract(torus, MarchingCubesOptions(), CancellationToken true) |> ignore)
                ""
        }

        test "what does not fit together is no mesh" {
            let one = [ Vector3.UnitX ]

            let mesh (positions: Vector3 list) (normals: Vector3 list) (colors: Vector3 list) (triangles: int list) () =
                Mesh(
                    positions.ToImmutableArray(),
                    normals.ToImmutableArray(),
                    colors.ToImmutableArray(),
                    triangles.ToImmutableArray()
                )
                |> ignore

            Expect.throwsT<ArgumentException> (mesh one one one [ 0; 0; 1 ]) "index"
            Expect.throwsT<ArgumentException> (mesh one one one [ 0; 0 ]) "no triple"
            Expect.throwsT<ArgumentException> (mesh one [] one []) "normals"
            Expect.throwsT<ArgumentException> (mesh one [ Vector3.Zero ] one []) "normal's length"
            Expect.throwsT<ArgumentException> (mesh one one [ Vector3(0f, 2f, 0f) ] []) "colour"
            Expect.throwsT<ArgumentException> (mesh [ Vector3(nanf) ] one one []) "position"
        }
    ]
