/// Gaussians of every kind before two cameras, in both precisions.
module internal DreamTime.Renderers.Tests.SplatScene

open System
open System.Numerics
open DreamTime.Renderers

let height, width = 17, 23
let background = Vector3(0.2f, 0.9f, 0.4f)
let cameras = [| Camera.Orbit(30f, 20f, 2.5f, 45f); Camera.Orbit(200f, -40f, 2.0f, 60f) |]

let private count = 24

/// A renderer whose Gaussians are large and small, long and flat, faint and opaque, with quaternions of any length; one is behind the cameras.
let renderer degree threads =
    let renderer =
        SplatRenderer(
            SplatOptions(InitialCount = count, HarmonicsDegree = degree, Threads = threads, DensifyInterval = 0),
            3L
        )

    let generator = Random 11

    let between low high =
        float32 (low + (high - low) * generator.NextDouble())

    let gaussians = renderer.Gaussians

    let fill (group: SplatGroup) low high =
        for k in 0 .. group.Values.Length - 1 do
            group.Values[k] <- between low high

    fill gaussians.Positions -0.7 0.7
    fill gaussians.LogScales -3.5 -1.0
    fill gaussians.Rotations -1.5 1.5
    fill gaussians.Opacities -2.5 6.0
    fill gaussians.Base -1.6 1.6
    fill gaussians.Rest -0.4 0.4
    gaussians.Positions.Values[0] <- 40f
    renderer

let parameters (renderer: SplatRenderer) = [| for group in renderer.Gaussians.Groups -> Array.map float group.Values |]

let reference (parameters: float[][]) degree (camera: Camera) =
    SplatReference.Render(parameters, degree, camera, height, width, background)

let render (renderer: SplatRenderer) training =
    let settings = RenderSettings(Backgrounds = [| background |], Training = training)

    renderer.Render(cameras, height, width, settings)

/// Slopes of a loss with respect to the images, of all parts.
let slopes =
    let pixels = cameras.Length * height * width

    ImageGradients(
        Color = Agreement.single (Agreement.random 1 (3 * pixels)),
        Opacity = Agreement.single (Agreement.random 2 pixels),
        Depth = Agreement.single (Agreement.random 3 pixels)
    )

/// The loss whose slopes those are, by the definition.
let loss degree (parameters: float[][]) =
    let dot (slope: float32[] | null) first (values: float[]) =
        match slope with
        | null -> 0.0
        | slope -> values |> Seq.mapi (fun k value -> float slope[first + k] * value) |> Seq.sum

    let pixels = height * width

    cameras
    |> Seq.mapi (fun view camera ->
        let struct (color, opacity, depth, _) = reference parameters degree camera

        dot slopes.Color (3 * pixels * view) color
        + dot slopes.Opacity (pixels * view) opacity
        + dot slopes.Depth (pixels * view) depth)
    |> Seq.sum

/// Central differences of a loss that is smooth but for alphas at 1/255; with so small a step none of them is met here.
let differences (loss: unit -> float) (parameters: float[]) =
    let h = 1e-6

    parameters
    |> Array.mapi (fun k at ->
        parameters[k] <- at + h
        let above = loss ()
        parameters[k] <- at - h
        let below = loss ()
        parameters[k] <- at
        (above - below) / (2.0 * h))
