module DreamTime.Renderers.Tests.RefinedRendererTests

open System.IO
open System.Numerics
open Expecto
open DreamTime.Renderers
open DreamTime.Renderers.Tests.MarchingCubesTests

let private options =
    DmtetOptions(
        Resolution = 20,
        Field = NerfOptions(Levels = 4, Log2TableSize = 12, BaseResolution = 4, FinestResolution = 16, HiddenWidth = 16)
    )

/// A soft ball of radius 0.6, red above and blue below, with a cavity and a speck beside it.
let private soft = {
    new IDensityField with
        member _.Radius = 1f

        member _.Query(positions, densities, colors) =
            for i in 0 .. positions.Length - 1 do
                let p = positions[i]
                let speck = (p - Vector3(0.8f, 0f, 0.3f)).Length() < 0.08f
                let inside = p.Length() > 0.25f

                densities[i] <-
                    if speck then 50f
                    elif inside then 40f / (1f + exp (25f * (p.Length() - 0.6f)))
                    else 0f

                if colors.Length > 0 then
                    colors[i] <-
                        Vector3.Lerp(Vector3(0.1f, 0.2f, 0.9f), Vector3(0.9f, 0.3f, 0.1f), if p.Z > 0f then 1f else 0f)
}

let private nerf () =
    NerfRenderer(NerfOptions(Levels = 4, Log2TableSize = 10, FinestResolution = 32, SamplesPerRay = 24), 3L)

let private refined () =
    new RefinedRenderer(nerf (), options, DmtetRegularizers.None, 5L)

let private view = Camera.Orbit(30f, 20f, 2.5f, 45f)

let private step (renderer: IRenderer) =
    let images =
        renderer.Render([| view |], 12, 12, RenderSettings.ForTraining(1L, [| Vector3.One |]))

    renderer.Backward(ImageGradients(Color = Array.create images.Color.Length 0.1f))
    renderer.Step() |> ignore
    images

let tests =
    testList "refinement" [
        test "a field becomes one closed surface in its place, with its colours" {
            let renderer = DmtetRenderer.From(soft, options, 5L)
            let mesh = nonNull (renderer.Surface())
            let volume = mesh.Volume()
            // The surface of the silhouettes lies where the density has fallen a little: between 0.6 and 0.75.
            Expect.isTrue (volume > 0.85 && volume < 1.8) $"volume {volume}: solid, without the speck"
            Expect.all mesh.Positions (fun p -> p.Length() > 0.5f && p.Length() < 0.8f) "no cavity, no speck"

            for i in 0 .. mesh.Positions.Length - 1 do
                let p, c = mesh.Positions[i], mesh.Colors[i]

                if p.Z > 0.2f then
                    Expect.isTrue (c.X > 0.75f && c.Z < 0.25f) $"red above: {c}"
                elif p.Z < -0.2f then
                    Expect.isTrue (c.X < 0.25f && c.Z > 0.75f) $"blue below: {c}"
        }

        test "a signed distance's surface is taken where it is 0" {
            let neus = NeusRenderer(NeusOptions(InitialRadii = Vector3 0.5f), 3L)
            let renderer = DmtetRenderer.From(neus, options, 5L)
            let radii = [ for p in (nonNull (renderer.Surface())).Positions -> float (p.Length()) ]
            // Cubes are 0.1 wide, the distance's own noise 1e-3.
            Expect.all radii (fun r -> r > 0.46 && r < 0.54) $"{List.min radii}..{List.max radii}"
        }

        test "a surface starts as a mesh, where it stands and as large as it is" {
            let ball =
                MarchingCubes.Extract(sphere 0.55f, MarchingCubesOptions(Resolution = 40))

            let solid = SignedShape.Mesh(TriangleShape(ball.Positions, ball.Triangles), 1.1f)
            let renderer = DmtetRenderer(options, 5L)
            renderer.StartAs solid
            let mesh = nonNull (renderer.Surface())
            // Scaled to a longest side of 1.1: a ball of radius 0.55, of which chords leave a little out.
            Expect.isTrue (abs (mesh.Volume() / 0.697 - 1.0) < 0.03) $"{mesh.Volume()}"
            step renderer |> ignore
            Expect.throwsT<System.InvalidOperationException> (fun () -> renderer.StartAs solid) "after a step"
        }

        test "an empty field is refused" {
            Expect.throwsT<NoSurfaceException>
                (fun () -> DmtetRenderer.From(field 1f (fun _ -> 0f), options, 1L) |> ignore)
                ""
        }

        test "the material that the fine one learns is in the asset, and there is none before" {
            let lit =
                DmtetOptions(Resolution = options.Resolution, Field = options.Field, Light = EnvironmentLight.Studio)

            use renderer = new RefinedRenderer(nerf (), lit, DmtetRegularizers.None, 5L)
            renderer.StartAs(SignedShape.Sphere 0.5f, 100)
            Expect.isFalse renderer.HasMaterial "a NeRF"
            Expect.isTrue (renderer.Refine()) "there is a surface"
            Expect.isTrue renderer.HasMaterial "a lit surface"

            let asset =
                Asset.Extract(
                    renderer,
                    options = AssetOptions(TextureSize = System.Nullable 64, Triangles = System.Nullable 300)
                )

            Expect.isNotNull (nonNull asset.Texture).Maps "maps"
        }

        test "what was a NeRF goes on as a surface that looks like it" {
            let renderer = refined ()
            let before = step renderer
            Expect.isNull renderer.Fine "coarse"
            Expect.isTrue (renderer.Refine()) "a surface"
            let after = step renderer
            let mean (images: Images) = Array.average images.Opacity
            Expect.isTrue (abs (mean after - mean before) < 0.3f * mean before) $"{mean before}, {mean after}"
            Expect.isNotNull ((renderer: IDensityField).Surface()) "its own"
            Expect.throwsT<System.InvalidOperationException> (fun () -> renderer.Refine() |> ignore) "once"
        }

        for refine in [ false; true ] do
            test $"a resumed run goes on as an unbroken one, refined: {refine}" {
                let unbroken = refined ()
                step unbroken |> ignore

                if refine then
                    unbroken.Refine() |> ignore

                use stream = new MemoryStream()
                unbroken.WriteState stream
                stream.Position <- 0L
                let resumed = refined ()
                resumed.ReadState stream
                step unbroken |> ignore
                step resumed |> ignore
                Expect.sequenceEqual (step resumed).Color (step unbroken).Color ""
            }
    ]
