/// A bumpy, coloured ball on a small lattice before two cameras, in both precisions.
module internal DreamTime.Renderers.Tests.DmtetScene

open System
open System.Numerics
open DreamTime.Renderers

let height, width = 15, 19
let background = Vector3(0.2f, 0.9f, 0.4f)

/// One of them off its centre, with pixels that are not square.
let cameras = [|
    Camera.Orbit(30f, 20f, 2.5f, 45f)
    Camera.Calibrated(Camera.Orbit(200f, -40f, 2.0f, 60f), Vector2(13f, 16f), Vector2(8.2f, 8.9f), width, height)
|]

let options threads =
    DmtetOptions(
        Resolution = 6,
        Field =
            NerfOptions(
                Levels = 4,
                Log2TableSize = 10,
                BaseResolution = 3,
                FinestResolution = 9,
                HiddenWidth = 16,
                Threads = threads
            ),
        InitialRadii = Vector3(0.45f, 0.5f, 0.55f)
    )

/// Distances and moves at random around the ellipsoid, and colours that differ.
let bumpy (renderer: DmtetRenderer) =
    let generator = Random 8

    for parameters, size in
        [
            renderer.Distance, 0.04
            renderer.Move, 0.6
            renderer.Material.Table, 0.8
            renderer.Material.Weights, 0.6
        ] do
        for k in 0 .. parameters.Values.Length - 1 do
            parameters.Values[k] <-
                float32 (size * (2.0 * generator.NextDouble() - 1.0))
                + (if parameters = renderer.Distance then parameters.Values[k] else 0f)

    renderer.Forget()
    renderer

let renderer threads =
    bumpy (DmtetRenderer(options threads, 3L))

let groups (renderer: DmtetRenderer) = [|
    "distances", renderer.Distance
    "moves", renderer.Move
    "hash grid", renderer.Material.Table
    "network", renderer.Material.Weights
|]

let parameters renderer =
    groups renderer |> Array.map (fun (_, p) -> Array.map float p.Values)

let reference (renderer: DmtetRenderer) (parameters: float[][]) =
    let material = renderer.Material

    DmtetReference(
        renderer.Grid,
        parameters[0],
        parameters[1],
        fun place _ _ ->
            MaterialReference.At(
                material.Grid,
                material.Network,
                parameters[2],
                parameters[3],
                float renderer.Radius,
                place
            )[..2]
    )

let render (renderer: DmtetRenderer) training =
    renderer.Render(cameras, height, width, RenderSettings(Backgrounds = [| background |], Training = training))

/// Slopes of a loss with respect to the images, of all parts.
let slopes =
    let pixels = cameras.Length * height * width

    ImageGradients(
        Color = Agreement.single (Agreement.random 1 (3 * pixels)),
        Opacity = Agreement.single (Agreement.random 2 pixels),
        Depth = Agreement.single (Agreement.random 3 pixels)
    )

/// The loss whose slopes those are, by the definition.
let loss renderer (parameters: float[][]) =
    let dot (slope: float32[] | null) first (values: float[]) =
        match slope with
        | null -> 0.0
        | slope -> values |> Seq.mapi (fun k value -> float slope[first + k] * value) |> Seq.sum

    let pixels = height * width

    cameras
    |> Seq.mapi (fun view camera ->
        let struct (color, opacity, depth) =
            (reference renderer parameters).Render(camera, height, width, background)

        dot slopes.Color (3 * pixels * view) color
        + dot slopes.Opacity (pixels * view) opacity
        + dot slopes.Depth (pixels * view) depth)
    |> Seq.sum
