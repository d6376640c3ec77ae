module DreamTime.Renderers.Tests.BakedTextureTests

open System
open System.Numerics
open Expecto
open DreamTime.Renderers
open DreamTime.Renderers.Tests.MarchingCubesTests

let private mesh = lazy Decimation.Simplify(extract 32 at10 (sphere 0.7f), 600)

let private bake size (color: Vector3 -> Vector3) =
    let painted = {
        new IDensityField with
            member _.Radius = 1f

            member _.Query(positions, densities, colors) =
                for i in 0 .. positions.Length - 1 do
                    densities[i] <- 1f
                    colors[i] <- color positions[i]
    }

    let atlas = UvAtlas.Unwrap(mesh.Value, size)
    BakedTexture.Bake(painted, mesh.Value, atlas, size, 0f)

let private texel (texture: BakedTexture) (place: Vector2) =
    let size = texture.BaseColor.Width
    let x, y = int (place.X * float32 size), int (place.Y * float32 size)

    Vector3(
        texture.BaseColor.Color[y * size + x],
        texture.BaseColor.Color[size * size + y * size + x],
        texture.BaseColor.Color[2 * size * size + y * size + x]
    )

let tests =
    testList "Baked texture" [
        test "the texture shows at each place of the surface the field's colour there" {
            let position (p: Vector3) = (p + Vector3.One) / 2f
            let size = 512
            let texture = bake size position
            let mesh, atlas = mesh.Value, texture.Atlas
            let random = Random 5

            for t in 0 .. mesh.TriangleCount - 1 do
                let u, v = random.NextSingle(), random.NextSingle()
                let u, v = if u + v > 1f then 1f - u, 1f - v else u, v
                let corner k = atlas.Triangles[3 * t + k]

                let at (value: int -> 'a) (lerp: 'a -> 'a -> 'a -> 'a) = lerp (value 0) (value 1) (value 2)

                let place =
                    at (fun k -> atlas.Coordinates[corner k]) (fun (a: Vector2) b c -> (1f - u - v) * a + u * b + v * c)

                let point =
                    at (fun k -> mesh.Positions[atlas.Vertices[corner k]]) (fun (a: Vector3) b c ->
                        (1f - u - v) * a + u * b + v * c)
                // The sphere's area of 6.2 on half of 512^2 texels: 7 mm a texel, of which the colour changes by half, over at most a diagonal and
                // the slope of the chart.
                Expect.isLessThan (Vector3.Distance(texel texture place, position point)) 0.01f $"triangle {t}"
        }

        test "texels beside the surface have its colour, to the corners" {
            let texture = bake 128 (fun _ -> Vector3(0.25f, 0.5f, 0.75f))

            for i in 0 .. 128 * 128 - 1 do
                Expect.equal texture.BaseColor.Color[i] 0.25f "red"
                Expect.equal texture.BaseColor.Color[2 * 128 * 128 + i] 0.75f "blue"
        }

        test "a colour beyond 0..1 is cut off, one that is no number is named" {
            let texture = bake 64 (fun _ -> Vector3(-1f, 0.5f, 3f))
            Expect.equal (texel texture (Vector2(0.5f, 0.5f))) (Vector3(0f, 0.5f, 1f)) "cut off"

            Expect.throwsC (fun () -> bake 64 (fun p -> if p.X > 0.6f then Vector3 nanf else p) |> ignore) (fun e ->
                Expect.stringContains e.Message "not finite" "")
        }

        test "an atlas of another mesh, or a size outside the range, is named" {
            let other = extract 16 at10 (sphere 0.7f)
            let atlas = UvAtlas.Unwrap(mesh.Value, 64)

            Expect.throwsT<ArgumentException>
                (fun () -> BakedTexture.Bake(sphere 0.7f, other, atlas, 64, 0f) |> ignore)
                "mesh"

            Expect.throwsT<ArgumentOutOfRangeException>
                (fun () -> BakedTexture.Bake(sphere 0.7f, mesh.Value, atlas, 0, 0f) |> ignore)
                "size"
        }
    ]
