/// A bent ellipsoid before a camera, and its rays as the reference takes them.
module internal DreamTime.Renderers.Tests.NeusScene

open System
open System.Numerics
open DreamTime.Renderers

let background = Vector3(0.3f, 0.8f, 0.1f)
let camera = Camera.Orbit(20f, 30f, 2.4f, 40f)
let side = 6

let optionsOf method annealing =
    NeusOptions(
        NormalMethod = method,
        Field =
            NerfOptions(
                Levels = 4,
                Log2TableSize = 10,
                BaseResolution = 4,
                FinestResolution = 20,
                HiddenWidth = 16,
                SamplesPerRay = 20,
                OccupancyResolution = 0,
                EarlyStop = 0f
            ),
        InitialRadii = Vector3(0.4f, 0.5f, 0.6f),
        InitialVariance = 0.25f,
        Eikonal = 0.7f,
        CosineAnnealingSteps = annealing
    )

let options annealing =
    optionsOf NormalMethod.FiniteDifference annealing

/// A field whose features are large enough to bend the ellipsoid.
let rendererOf options =
    let renderer = NeusRenderer(options, 4L)
    let generator = Random 8

    for values, size in [ renderer.Field.Table.Values, 0.3; renderer.Field.Weights.Values, 0.5 ] do
        for k in 0 .. values.Length - 1 do
            values[k] <- float32 (size * (2.0 * generator.NextDouble() - 1.0))

    renderer

let renderer annealing = rendererOf (options annealing)

let render (renderer: NeusRenderer) =
    renderer.Render([| camera |], side, side, RenderSettings.ForTraining(9L, [| background |]))

let slopes =
    let pixels = side * side

    ImageGradients(
        Color = Agreement.single (Agreement.random 1 (3 * pixels)),
        Opacity = Agreement.single (Agreement.random 2 pixels),
        Depth = Agreement.single (Agreement.random 3 pixels)
    )

/// The rays that a training render sampled, as the definition takes them.
let rays (renderer: NeusRenderer) =
    let samples = renderer.TrainingSamples

    [|
        for ray in 0 .. side * side - 1 do
            let range = [| samples.RayStart[ray] .. samples.RayStart[ray + 1] - 1 |]

            let direction =
                camera.RayDirection(float32 (ray % side) + 0.5f, float32 (ray / side) + 0.5f, side, side)

            NeusReference.Ray(
                range |> Array.map (fun i -> [| float samples.X[i]; float samples.Y[i]; float samples.Z[i] |]),
                [| float direction.X; float direction.Y; float direction.Z |],
                range |> Array.map (fun i -> float samples.Distance[i]),
                float renderer.StepLength,
                [| float background.X; float background.Y; float background.Z |]
            )
    |]

let parameters (renderer: NeusRenderer) =
    Agreement.double renderer.Field.Table.Values,
    Agreement.double renderer.Field.Weights.Values,
    Agreement.double renderer.Variance.Values

let definition renderer annealing =
    let table, weights, variance = parameters renderer
    let reference = NeusReference(options annealing, table, weights, variance)
    // At step 0 of an annealed run half of every slope counts; without annealing the slope is taken as it is.
    let share = if annealing = 0 then 1.0 else 0.0
    (table, weights, variance), fun ray -> reference.Forward(ray, share)

let largest count (gradient: float32[]) =
    gradient
    |> Seq.indexed
    |> Seq.sortByDescending (fun (_, g) -> abs g)
    |> Seq.truncate count
    |> Seq.map fst
    |> Seq.toList
