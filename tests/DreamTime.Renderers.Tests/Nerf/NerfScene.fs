/// A small NeRF before two cameras, and its rays as the reference takes them.
module internal DreamTime.Renderers.Tests.NerfScene

open System
open System.IO
open System.Numerics
open Expecto
open DreamTime.Renderers

type Small =
    /// Small enough for the reference, with dense and hashed levels.
    static member Options(?bounds, ?activation, ?blob, ?levels, ?hiddenWidth, ?hiddenLayers, ?threads) =
        NerfOptions(
            Bounds = defaultArg bounds NerfBounds.Sphere,
            DensityActivation = defaultArg activation DensityActivation.Softplus,
            DensityBlob = defaultArg blob DensityBlob.Magic3D,
            Levels = defaultArg levels 4,
            Log2TableSize = 10,
            BaseResolution = 4,
            FinestResolution = 32,
            HiddenWidth = defaultArg hiddenWidth 16,
            HiddenLayers = defaultArg hiddenLayers 1,
            SamplesPerRay = 16,
            OccupancyResolution = 8,
            OccupancyInterval = 3,
            Threads = defaultArg threads 0
        )

let small = Small.Options()
let cameras = [| Camera.Orbit(20f, 10f, 2.8f, 45f); Camera.Orbit(150f, -30f, 2.8f, 45f) |]
let origin: Vector3[] = [| Vector3.Zero |]
let backgrounds = [| Vector3(0.2f, 0.5f, 0.9f); Vector3.One |]

let training seed =
    RenderSettings.ForTraining(seed, backgrounds)

let evaluation = RenderSettings.Evaluation Vector3.One

/// A renderer whose parameters are large enough that everything matters.
let lively (options: NerfOptions) =
    let renderer = NerfRenderer(options, 3L)
    Array.iteri (fun i x -> renderer.Field.Table.Values[i] <- 1e4f * x) renderer.Field.Table.Values
    renderer

/// dL/dColor, dL/dOpacity, dL/dDepth.
let randomPlanes (images: Images) seed =
    let plane salt (like: float32[]) =
        Agreement.single (Agreement.random (seed + salt) like.Length)

    plane 0 images.Color, plane 1 images.Opacity, plane 2 images.Depth

let gradients images seed =
    let color, opacity, depth = randomPlanes images seed
    ImageGradients(Color = color, Opacity = opacity, Depth = depth)

let trainStep (renderer: NerfRenderer) step =
    let images = renderer.Render(cameras, 8, 8, training (int64 step))
    renderer.Backward(gradients images step)
    images, renderer.Step()

/// A pixel's ray in an image of 8 x 8 pixels.
let private rayOf view pixel =
    let camera = cameras[view]
    camera.Position, camera.RayDirection(float32 (pixel % 8) + 0.5f, float32 (pixel / 8) + 0.5f, 8, 8)

/// The samples of a training render, as rays of the reference.
let raysOf (renderer: NerfRenderer) pixels =
    let samples = renderer.TrainingSamples

    Array.init (2 * pixels) (fun ray ->
        let first, next = samples.RayStart[ray], samples.RayStart[ray + 1]
        let background = backgrounds[ray / pixels]

        NerfReference.Ray(
            Array.init (next - first) (fun i ->
                struct (float samples.X[first + i], float samples.Y[first + i], float samples.Z[first + i])),
            Array.init (next - first) (fun i -> float samples.Distance[first + i]),
            float renderer.Marcher.Step,
            [| float background.X; float background.Y; float background.Z |],
            Stretch =
                Array.init (next - first) (fun i ->
                    let origin, direction = rayOf (ray / pixels) (ray % pixels)
                    float (renderer.Marcher.StretchAt(origin, direction, samples.Distance[first + i])))
        ))

/// What belongs to one ray in planes of colour, opacity and depth.
let ofRay pixels ray (color: float32[]) (opacity: float32[]) (depth: float32[]) =
    let red = ray / pixels * 3 * pixels + ray % pixels

    Agreement.double [| color[red]; color[red + pixels]; color[red + 2 * pixels]; opacity[ray]; depth[ray] |]

let stateOf (renderer: NerfRenderer) =
    use stream = new MemoryStream()
    renderer.WriteState stream
    stream.ToArray()

let planes (images: Images) =
    images.Color, images.Opacity, images.Depth
