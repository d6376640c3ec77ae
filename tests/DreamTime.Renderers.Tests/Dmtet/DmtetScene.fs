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

type Case = {
    Name: string
    /// Around a metallic-rough material.
    Around: EnvironmentLight | null
    /// A point light a view.
    Shadings: Shading[]
}

let cases =
    let point = Vector3(1.2f, -0.8f, 1.5f)

    [
        { Name = "albedo"; Around = null; Shadings = [| Shading.Albedo |] }
        {
            Name = "under an environment"
            Around = EnvironmentLight.Studio
            Shadings = [| Shading.Albedo |]
        }
        {
            Name = "under a point light"
            Around = null
            Shadings = [| Shading.Lit point; Shading.Textureless(point, 0.2f, 0.7f) |]
        }
    ]

let lit (light: EnvironmentLight | null) threads =
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
        InitialRadii = Vector3(0.45f, 0.5f, 0.55f),
        Light = light
    )

let options threads = lit null threads

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

let private number (x: float) = Double64 x

/// Lambert's law, by its definition.
let private underPoint (shading: Shading) (place: float[]) (normal: float[]) (color: float[]) =
    let dot (a: float[]) (b: float[]) =
        Array.fold2 (fun sum x y -> sum + x * y) 0.0 a b

    let offset = [|
        float shading.Light.X - place[0]
        float shading.Light.Y - place[1]
        float shading.Light.Z - place[2]
    |]

    let cosine = dot offset normal / sqrt (dot offset offset * dot normal normal)
    let brightness = float shading.Ambient + float shading.Diffuse * max 0.0 cosine
    color |> Array.map (fun c -> brightness * (if shading.IsTextureless then 1.0 else c))

let referenceOf case (renderer: DmtetRenderer) view (parameters: float[][]) =
    let material = renderer.Material
    let shading = case.Shadings[view % case.Shadings.Length]

    let color (place: float[]) (normal: float[]) (toCamera: float[]) =
        let numbers =
            MaterialReference.At(
                material.Grid,
                material.Network,
                parameters[2],
                parameters[3],
                float renderer.Radius,
                place
            )

        match case.Around with
        | null -> underPoint shading place normal numbers[..2]
        | light ->
            let color = Array.zeroCreate<Double64> 3

            PbrModel.Color<Double64>(
                light,
                ReadOnlySpan(Array.map number numbers),
                struct (number normal[0], number normal[1], number normal[2]),
                Vector3(float32 toCamera[0], float32 toCamera[1], float32 toCamera[2]),
                Span color
            )

            [| for channel in color -> channel.Value |]

    DmtetReference(renderer.Grid, parameters[0], parameters[1], color)

let renderCase case (renderer: DmtetRenderer) training =
    renderer.Render(
        cameras,
        height,
        width,
        RenderSettings(Backgrounds = [| background |], Shadings = case.Shadings, Normals = true, Training = training)
    )

let render (renderer: DmtetRenderer) training = renderCase cases.Head renderer training

/// Slopes of a loss with respect to the images, of all parts.
let slopes =
    let pixels = cameras.Length * height * width

    ImageGradients(
        Color = Agreement.single (Agreement.random 1 (3 * pixels)),
        Opacity = Agreement.single (Agreement.random 2 pixels),
        Depth = Agreement.single (Agreement.random 3 pixels),
        Normals = Agreement.single (Agreement.random 4 (3 * pixels))
    )

/// The loss whose slopes those are, by the definition.
let lossOf case renderer (parameters: float[][]) =
    let dot (slope: float32[] | null) first (values: float[]) =
        match slope with
        | null -> 0.0
        | slope -> values |> Seq.mapi (fun k value -> float slope[first + k] * value) |> Seq.sum

    let pixels = height * width

    cameras
    |> Seq.mapi (fun view camera ->
        let struct (color, opacity, depth, normals) =
            (referenceOf case renderer view parameters).Render(camera, height, width, background)

        dot slopes.Color (3 * pixels * view) color
        + dot slopes.Opacity (pixels * view) opacity
        + dot slopes.Depth (pixels * view) depth
        + dot slopes.Normals (3 * pixels * view) normals)
    |> Seq.sum
