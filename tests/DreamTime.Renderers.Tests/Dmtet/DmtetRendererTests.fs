module DreamTime.Renderers.Tests.DmtetRendererTests

open System
open System.IO
open System.Numerics
open Expecto
open DreamTime.Renderers

let private largest count (gradient: float32[]) =
    gradient
    |> Seq.indexed
    |> Seq.sortByDescending (fun (_, g) -> abs g)
    |> Seq.truncate count
    |> Seq.map fst
    |> Seq.toList

let private sheet (renderer: DmtetRenderer) = [| for _, parameters in DmtetScene.groups renderer -> parameters |]

let tests =
    testList "DMTet" [
        for case in DmtetScene.cases do
            test $"images are those of the definition, {case.Name}" {
                let renderer = DmtetScene.bumpy (DmtetRenderer(DmtetScene.lit case.Around 0, 3L))
                let images = DmtetScene.renderCase case renderer false
                let pixels = DmtetScene.height * DmtetScene.width

                DmtetScene.cameras
                |> Array.iteri (fun view camera ->
                    let struct (color, opacity, depth, normals) =
                        (DmtetScene.referenceOf case renderer view (DmtetScene.parameters renderer))
                            .Render(camera, DmtetScene.height, DmtetScene.width, DmtetScene.background)

                    let part (values: float32[]) size =
                        Agreement.double values[size * view .. size * (view + 1) - 1]

                    // Vertices are rounded to 1e-7, which the slope of the finest cells' colours magnifies.
                    Agreement.within $"colour of view {view}" 2e-5 color (part images.Color (3 * pixels))
                    Agreement.within $"opacity of view {view}" 2e-5 opacity (part images.Opacity pixels)
                    Agreement.within $"depth of view {view}" 2e-5 depth (part images.Depth pixels)

                    Agreement.within
                        $"normals of view {view}"
                        2e-5
                        normals
                        (part (nonNull images.Normals) (3 * pixels))

                    let partly = opacity |> Array.filter (fun o -> o > 0.01 && o < 0.99) |> Array.length
                    Expect.isGreaterThan partly 8 "silhouettes are smooth")
            }

            test $"gradients are finite differences of the definition, {case.Name}" {
                let renderer = DmtetScene.bumpy (DmtetRenderer(DmtetScene.lit case.Around 0, 3L))
                DmtetScene.renderCase case renderer true |> ignore
                renderer.Backward DmtetScene.slopes
                let parameters = DmtetScene.parameters renderer

                for group, (name, learned) in Array.indexed (DmtetScene.groups renderer) do
                    let entries = largest 6 learned.Gradient
                    Expect.isGreaterThan (abs learned.Gradient[entries[0]]) 0f $"{name}: not zero"

                    Agreement.finiteDifferences
                        name
                        2e-4
                        entries
                        (fun () -> DmtetScene.lossOf case renderer parameters)
                        parameters[group]
                        (Agreement.double learned.Gradient)
            }

        test "the number of threads changes nothing" {
            let run threads =
                let renderer = DmtetScene.renderer threads

                renderer.Regularizers <-
                    DmtetRegularizers(NormalConsistency = 0.1f, Laplacian = 0.1f, SignConsistency = 0.1f)

                for _ in 1..3 do
                    DmtetScene.render renderer true |> ignore
                    renderer.Backward DmtetScene.slopes
                    renderer.Step() |> ignore

                [|
                    for parameters in sheet renderer do
                        yield! parameters.Values
                |]

            Expect.sequenceEqual (run 1) (run 4) ""
        }

        test "a resumed run goes on as an unbroken one" {
            let advance (renderer: DmtetRenderer) =
                DmtetScene.render renderer true |> ignore
                renderer.Backward DmtetScene.slopes
                renderer.Step() |> ignore

            let unbroken = DmtetScene.renderer 0
            advance unbroken
            use stream = new MemoryStream()
            unbroken.WriteState stream
            advance unbroken
            let resumed = DmtetRenderer(DmtetScene.options 0, 99L)
            stream.Position <- 0L
            resumed.ReadState stream
            Expect.equal resumed.Steps 1 "steps"
            advance resumed

            let image (renderer: DmtetRenderer) =
                (DmtetScene.render renderer false).Color

            Expect.sequenceEqual (image resumed) (image unbroken) "image"

            let other =
                DmtetRenderer(DmtetOptions(Resolution = 5, Field = (DmtetScene.options 0).Field), 1L)

            stream.Position <- 0L
            Expect.throwsT<InvalidDataException> (fun () -> other.ReadState stream) "of another lattice"
        }

        for name, value in [ "everywhere outside", 1f; "everywhere inside", -1f ] do
            test $"a distance that is {name} is defined" {
                let renderer = DmtetScene.renderer 0
                renderer.SetDistance(fun _ -> value)
                let images = DmtetScene.render renderer true
                renderer.Backward DmtetScene.slopes
                Expect.isTrue (Double.IsFinite(renderer.Step())) "a step"

                if value > 0f then
                    Expect.equal renderer.TriangleCount 0 "no surface"
                    Expect.all images.Opacity (fun o -> o = 0f) "nothing is seen"

                    Expect.throwsC (fun () -> Asset.Extract renderer |> ignore) (fun error ->
                        Expect.stringContains error.Message "no surface" "")
                else
                    // The hull is always outside.
                    Expect.isGreaterThan ((renderer.Surface() |> nonNull).Volume()) 4.0 "the box is full"
            }

        test "a gradient that is no number is refused, and a step that explodes says of what" {
            let renderer = DmtetScene.renderer 0
            DmtetScene.render renderer true |> ignore

            let broken =
                Array.zeroCreate<float32>(DmtetScene.cameras.Length * DmtetScene.height * DmtetScene.width)

            broken[3] <- nanf

            Expect.throwsC (fun () -> renderer.Backward(ImageGradients(Opacity = broken))) (fun error ->
                Expect.stringContains error.Message "Opacity is NaN at view 0" "")

            renderer.Distance.Gradient[5] <- infinityf

            Expect.throwsC (fun () -> renderer.Step() |> ignore) (fun error ->
                Expect.stringContains error.Message "distances is not finite" "")
        }

        test "silhouettes alone draw a ball to the right size" {
            let ball radius =
                DmtetRenderer(
                    DmtetOptions(
                        Resolution = 10,
                        Field = (DmtetScene.options 0).Field,
                        InitialRadii = Vector3(radius: float32),
                        DistanceLearningRate = 0.05f
                    ),
                    3L
                )

            let views = [| for k in 0..7 -> Camera.Orbit(135f * float32 k, -70f + 20f * float32 k, 3f, 40f) |]

            let opacity (renderer: DmtetRenderer) training =
                renderer.Render(views, 20, 20, RenderSettings(Training = training)).Opacity

            let wanted = opacity (ball 0.7f) false
            let renderer = ball 0.5f

            let miss () =
                Array.map2 (fun o w -> abs (float (o - w))) (opacity renderer false) wanted |> Array.average

            let before = miss ()

            for _ in 1..60 do
                let difference = Array.map2 (-) (opacity renderer true) wanted
                renderer.Backward(ImageGradients(Opacity = difference))
                renderer.Step() |> ignore

            let after = miss ()
            Expect.isLessThan after (0.1 * before) $"from {before} to {after}"
        }

        test "the asset is the surface itself" {
            let renderer = DmtetScene.renderer 0

            let asset =
                Asset.Extract(renderer, options = AssetOptions(TextureSize = Nullable 64, Triangles = Nullable()))

            Expect.equal asset.Mesh.TriangleCount renderer.TriangleCount "triangles"
            Expect.isNotNull asset.Texture "texture"
        }

        test "a learned material becomes maps, whose frames lie on the surface" {
            let renderer =
                DmtetScene.bumpy (DmtetRenderer(DmtetScene.lit EnvironmentLight.Studio 0, 3L))

            let asset =
                Asset.Extract(renderer, options = AssetOptions(TextureSize = Nullable 64))

            let texture = nonNull asset.Texture
            let maps = nonNull texture.Maps
            let plane = 64 * 64

            for texel in 0 .. plane - 1 do
                let normal =
                    Vector3(
                        maps.Normals.Color[texel],
                        maps.Normals.Color[plane + texel],
                        maps.Normals.Color[2 * plane + texel]
                    )
                // A bump leans by half at most along each axis: never to the other side.
                Expect.isLessThan (abs ((2f * normal - Vector3.One).Length() - 1f)) 1e-3f $"length {texel}"
                Expect.isGreaterThan normal.Z 0.5f $"outside {texel}"
                let roughness = maps.MetallicRoughness.Color[plane + texel]
                Expect.isTrue (roughness >= 0.08f && roughness <= 0.9f) $"roughness {roughness}"

            for corner, tangent in Seq.indexed (AtlasTangents.Of(asset.Mesh, texture.Atlas)) do
                let normal = asset.Mesh.Normals[texture.Atlas.Vertices[corner]]
                let along = Vector3(tangent.X, tangent.Y, tangent.Z)
                Expect.isLessThan (abs (Vector3.Dot(normal, along))) 1e-5f "at right angles"

            let path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.glb")

            try
                asset.Save path

                let material =
                    Seq.exactlyOne (SharpGLTF.Schema2.ModelRoot.Load path).LogicalMaterials

                for channel in [ "BaseColor"; "MetallicRoughness"; "Normal" ] do
                    let found = material.FindChannel channel
                    Expect.isNotNull found.Value.Texture channel
            finally
                File.Delete path
        }
    ]
