module DreamTime.Renderers.Tests.SurfaceLossTests

open System
open System.Numerics
open System.Threading.Tasks
open Expecto
open DreamTime.Renderers

let private threads = ParallelOptions()

/// A closed, bumpy surface; losses are looked at as functions of its vertices.
let private surface () = (DmtetScene.renderer 0).Current()

let private moved (surface: TetrahedralSurface) vertex (shift: Vector3) =
    let positions = Array.copy surface.Positions
    positions[vertex] <- positions[vertex] + shift
    TetrahedralSurface(positions, surface.Triangles, surface.Inside, surface.Outside)

let private differs name loss =
    test $"{name}: the gradient is that of the value" {
        let surface = surface ()
        let gradient = Array.zeroCreate<Vector3> surface.Positions.Length
        let _ = loss surface gradient
        // Values are sums of floats: a step of 2e-3 of a vertex leaves 1e-3 of the slope.
        let largest = gradient |> Seq.map _.Length() |> Seq.max
        let h = 2e-3f

        for vertex in 0..7 .. surface.Positions.Length - 1 do
            for axis in [ Vector3.UnitX; Vector3.UnitY; Vector3.UnitZ ] do
                let at sign =
                    loss (moved surface vertex (sign * h * axis)) (Array.zeroCreate surface.Positions.Length)

                let slope = (at 1f - at -1f) / (2.0 * float h)

                Expect.isLessThan
                    (abs (slope - float (Vector3.Dot(gradient[vertex], axis))))
                    (2e-2 * float largest)
                    $"vertex {vertex}"
    }

let private normalConsistency (surface: TetrahedralSurface) (gradient: Vector3[]) =
    let ofNormals = Array.zeroCreate<Vector3> gradient.Length

    let value =
        SurfaceLosses.NormalConsistency(surface, SurfaceNormals.Of(surface, threads), 1f, ofNormals.AsSpan())

    SurfaceNormals.Backward(surface, ReadOnlySpan ofNormals, gradient.AsSpan())
    value

let private laplacian (surface: TetrahedralSurface) (gradient: Vector3[]) =
    SurfaceLosses.Laplacian(surface, 0.3f, 1f, gradient.AsSpan())

let tests =
    testList "surface losses" [
        differs "normal consistency" normalConsistency
        differs "Laplacian" laplacian

        test "sign consistency: the gradient is that of the value" {
            let renderer = DmtetScene.renderer 0
            let surface, distance = renderer.Current(), renderer.Distance.Values
            let gradient = Array.zeroCreate<float32> distance.Length
            SurfaceLosses.SignConsistency(surface, distance, 0.3f, 1f, gradient) |> ignore
            let scratch = Array.zeroCreate<float32> distance.Length

            for vertex in Array.distinct surface.Inside |> Seq.truncate 20 do
                let at shift =
                    let changed = Array.copy distance
                    changed[vertex] <- changed[vertex] + shift
                    SurfaceLosses.SignConsistency(surface, changed, 0.3f, 1f, scratch)

                let slope = (at 1e-2f - at -1e-2f) / 2e-2
                Expect.isLessThan (abs (slope - float gradient[vertex])) 1e-4 $"vertex {vertex}"
        }

        test "a plane's middle has neither creases nor bumps" {
            let flat =
                (DmtetRenderer(DmtetOptions(Resolution = 8, Field = (DmtetScene.options 0).Field), 1L))

            flat.SetDistance(fun p -> p.Z + 0.03f)
            let surface = flat.Current()
            let gradient = Array.zeroCreate<Vector3> surface.Positions.Length
            normalConsistency surface gradient |> ignore

            for vertex in 0 .. surface.Positions.Length - 1 do
                let p = surface.Positions[vertex]

                if abs p.X < 0.4f && abs p.Y < 0.4f && p.Z > -0.5f then
                    Expect.isLessThan (gradient[vertex].Length()) 1e-6f $"{p}"
        }

        test "smoothing makes a bumpy ball smooth" {
            let renderer = DmtetScene.renderer 0
            renderer.Regularizers <- DmtetRegularizers(NormalConsistency = 1f, Laplacian = 1f)

            let creases () =
                normalConsistency (renderer.Current()) (Array.zeroCreate (renderer.Current().Positions.Length))

            let before = creases ()

            for _ in 1..40 do
                DmtetScene.render renderer true |> ignore
                renderer.Backward(ImageGradients())
                renderer.Step() |> ignore

            Expect.isLessThan (creases ()) (0.8 * before) $"from {before}"
        }

        test "a weight that is none is refused" {
            let renderer = DmtetScene.renderer 0

            for weights in [ DmtetRegularizers(Laplacian = -1f); DmtetRegularizers(SignConsistency = nanf) ] do
                Expect.throwsT<ArgumentOutOfRangeException> (fun () -> renderer.Regularizers <- weights) ""
        }
    ]
