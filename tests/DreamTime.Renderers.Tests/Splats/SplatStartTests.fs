/// Gaussians that start as a solid with its colours, and the colours that files have.
module DreamTime.Renderers.Tests.SplatStartTests

open System
open System.IO
open System.Numerics
open Expecto
open DreamTime.Renderers
open DreamTime.Renderers.Tests.MarchingCubesTests

/// A ball of radius 1/2 whose colour is its place.
let private field = {
    new IDensityField with
        member _.Radius = 1f

        member _.Query(positions, densities, colors) =
            for i in 0 .. positions.Length - 1 do
                densities[i] <- if positions[i].Length() < 0.5f then 100f else 0f

                if colors.Length > 0 then
                    colors[i] <- Vector3.Clamp(positions[i] + Vector3(0.5f), Vector3.Zero, Vector3.One)
}

let private asset texture =
    Asset.Extract(field, MarchingCubesOptions(Resolution = 32), AssetOptions(Triangles = 1500, TextureSize = texture))

let private load name (asset: Asset) =
    let folder = Directory.CreateTempSubdirectory "paint"

    try
        let path = Path.Combine(folder.FullName, name)
        asset.Save(path, "ball")
        ShapeFile.Load path
    finally
        folder.Delete true

let private surfacePoints (shape: SignedShape) =
    let random = Random 3

    [|
        for _ in 1..300 -> shape.SurfacePoint(random.NextDouble(), random.NextDouble(), random.NextDouble())
    |]

/// Half the size that it has in the file.
let private solid name texture =
    SignedShape.Mesh(load name (asset texture), 1f)

let private background = Vector3(1f, 0f, 1f)

let private render (renderer: SplatRenderer) camera =
    renderer.Render([| camera |], 40, 40, RenderSettings.Evaluation background)

let tests =
    testList "splat start" [
        for name, texture in [ "a.glb", Nullable 256; "a.glb", Nullable(); "a.ply", Nullable(); "a.obj", Nullable() ] do
            test $"the colours of a file lie where they lay: {name}, texture %A{Option.ofNullable texture}" {
                let points = surfacePoints (solid name texture)

                let errors =
                    points
                    |> Array.map (fun point ->
                        Vector3.Distance(point.Color.Value, point.Position + Vector3(0.5f)) |> float)

                // The surface of a step lies anywhere within a cell, and cells are 1/16 wide; the texture's texels are 0.01.
                Expect.isLessThan (Array.average errors) 0.05 "mean"
                Expect.isLessThan (Array.max errors) 0.15 "largest"
            }

        test "a file without colours has none, and normals point outwards" {
            for point in surfacePoints (solid "a.stl" (Nullable())) do
                Expect.isFalse point.Color.HasValue "colour"
                Expect.isGreaterThan (Vector3.Dot(point.Normal, Vector3.Normalize point.Position)) 0.8f "normal"
        }

        test "a mesh's area, and an ellipsoid's" {
            Expect.isLessThan (abs ((solid "a.ply" (Nullable())).Area - Math.PI)) 0.1 "polyhedron"
            Expect.isLessThan (abs ((SignedShape.Sphere 0.5f).Area - Math.PI)) 1e-5 "sphere"
            // A spheroid has a closed form: 2 pi a^2 (1 + c / (a e) asin e) for a < c.
            let a, c = 0.3, 0.6
            let e = sqrt (1.0 - a * a / (c * c))
            let exact = 2.0 * Math.PI * a * a * (1.0 + c / (a * e) * asin e)
            let shape = SignedShape.Ellipsoid(Vector3(0.3f, 0.3f, 0.6f))
            Expect.isLessThan (abs (shape.Area / exact - 1.0)) 0.011 "spheroid"
        }

        test "Gaussians cover the solid that they start as, in its colours, and nothing else" {
            let renderer = SplatRenderer(SplatOptions(InitialCount = 3000), 5L)
            renderer.StartAs(solid "a.glb" (Nullable 256))
            Expect.equal renderer.Count 3000 "count"
            let distance = 2f

            for azimuth in [ 0f; 120f; 240f ] do
                let camera = Camera.Orbit(azimuth, 20f, distance, 45f)
                let images = render renderer camera

                for row in 0..39 do
                    for column in 0..39 do
                        let ray = camera.RayDirection(float32 column + 0.5f, float32 row + 0.5f, 40, 40)
                        let along = -Vector3.Dot(camera.Position, ray)
                        let nearest = (camera.Position + along * ray).Length()
                        let opacity = images.Opacity[row * 40 + column]

                        if nearest > 0.58f then
                            Expect.isLessThan opacity 0.1f $"outside, {column} {row}"
                        elif nearest < 0.42f then
                            Expect.isGreaterThan opacity 0.9f $"inside, {column} {row}"
                            let hit = camera.Position + (along - sqrt (0.25f - nearest * nearest)) * ray

                            let color =
                                Vector3(
                                    images.Color[row * 40 + column],
                                    images.Color[1600 + row * 40 + column],
                                    images.Color[3200 + row * 40 + column]
                                )

                            // A tenth of what is behind shines through.
                            Expect.isLessThan (Vector3.Distance(color, hit + Vector3(0.5f))) 0.15f $"{column} {row}"
        }

        test "they start only before the first step" {
            let renderer = SplatRenderer(SplatOptions(InitialCount = 50), 5L)
            renderer.Step() |> ignore

            Expect.throwsC (fun () -> renderer.StartAs(SignedShape.Sphere 0.3f)) (fun error ->
                Expect.stringContains error.Message "before its first step" "")
        }
    ]
