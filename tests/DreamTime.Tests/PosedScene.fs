/// Images of a small still life with their cameras, as a dataset in nerfstudio's layout. The object is this file's own: no prior has seen it.
module DreamTime.Tests.PosedScene

open System
open System.IO
open System.Numerics
open System.Threading.Tasks
open DreamTime.Renderers
open SixLabors.ImageSharp
open SixLabors.ImageSharp.PixelFormats

/// Where the still life stands, and how large it is: the ball that holds it.
let centre, radius = Vector3(0.4f, -0.3f, 0.2f), 1.3f

type Settings = {
    Width: int
    Height: int
    Views: int
    /// Rays along an axis of a pixel.
    Rays: int
    /// Focal lengths and principal point in pixels.
    Focal: Vector2
    Principal: Vector2
    /// Whether far surroundings are behind the object, instead of nothing.
    Surroundings: bool
}

/// Square images with a centred camera that sees a third more than the object.
let square size views = {
    Width = size
    Height = size
    Views = views
    Rays = 2
    Focal = Vector2(1.45f * float32 size)
    Principal = Vector2(float32 size / 2f)
    Surroundings = false
}

let private torus (p: Vector3) =
    Vector2(Vector2(p.X, p.Y).Length() - 0.62f, p.Z + 0.2f).Length() - 0.2f

let private block (p: Vector3) =
    let q = Vector3.Abs(p - Vector3(0f, 0f, 0.15f)) - Vector3(0.2f, 0.28f, 0.42f)
    Vector3.Max(q, Vector3.Zero).Length() + min (max q.X (max q.Y q.Z)) 0f - 0.04f

let private pearl (p: Vector3) =
    (p - Vector3(0.45f, -0.4f, 0.3f)).Length() - 0.18f

let private distance p = min (torus p) (min (block p) (pearl p))

let private paint (p: Vector3) =
    if pearl p < 0.01f then
        Vector3(0.95f, 0.85f, 0.3f)
    elif torus p < 0.01f then
        let stripe = MathF.Sin(6f * MathF.Atan2(p.Y, p.X))
        Vector3.Lerp(Vector3(0.75f, 0.2f, 0.2f), Vector3(0.9f, 0.9f, 0.85f), 0.5f + 0.5f * MathF.Tanh(6f * stripe))
    else
        Vector3(0.2f + 0.3f * (p.Z + 0.5f), 0.45f, 0.75f - 0.4f * p.Z)

/// What a ray of the object's own coordinates sees: a colour, if anything.
let private trace (origin: Vector3) (direction: Vector3) =
    let middle = -Vector3.Dot(origin, direction)

    let rec march t step =
        if step = 0 || t > middle + 1f then
            ValueNone
        else
            let p = origin + t * direction
            let d = distance p

            if d < 5e-4f then
                let slope (axis: Vector3) =
                    distance (p + 1e-3f * axis) - distance (p - 1e-3f * axis)

                let normal =
                    Vector3.Normalize(Vector3(slope Vector3.UnitX, slope Vector3.UnitY, slope Vector3.UnitZ))

                let light = max 0f (Vector3.Dot(normal, Vector3.Normalize(Vector3(1f, 0.6f, 1.5f))))
                ValueSome(paint p * (0.45f + 0.55f * light))
            else
                march (t + d) (step - 1)

    if (origin + middle * direction).LengthSquared() > 1f then
        ValueNone
    else
        march (middle - 1f) 96

/// What is infinitely far away: broad bands of colour that no background of one colour can be.
let private sky (direction: Vector3) =
    Vector3(0.5f + 0.45f * direction.X, 0.5f + 0.4f * MathF.Sin(3f * direction.Y), 0.5f - 0.45f * direction.Z)

/// The camera of a view: around the object on a spiral from below to above.
let camera settings view =
    let share = (float32 view + 0.5f) / float32 settings.Views

    let orbit =
        Camera.Orbit(137.5f * float32 view, -25f + 90f * share, 4f * radius, 40f)

    let pose =
        Camera(orbit.Position + centre, orbit.Right, orbit.Up, orbit.Back, orbit.FovYDegrees)

    Camera.Calibrated(pose, settings.Focal, settings.Principal, settings.Width, settings.Height)

let private picture settings (camera: Camera) =
    let image = new Image<Rgba32>(settings.Width, settings.Height)
    let rays = settings.Rays

    let pixels =
        Array.init settings.Height (fun _ -> Array.zeroCreate<Rgba32> settings.Width)

    Parallel.For(
        0,
        settings.Height,
        fun y ->
            for x in 0 .. settings.Width - 1 do
                let mutable sum, hits = Vector3.Zero, 0

                for i in 0 .. rays * rays - 1 do
                    let at k = (float32 k + 0.5f) / float32 rays

                    let direction =
                        camera.RayDirection(
                            float32 x + at (i % rays),
                            float32 y + at (i / rays),
                            settings.Width,
                            settings.Height
                        )

                    match trace ((camera.Position - centre) / radius) direction with
                    | ValueSome color ->
                        sum <- sum + color
                        hits <- hits + 1
                    | ValueNone when settings.Surroundings ->
                        sum <- sum + sky direction
                        hits <- hits + 1
                    | ValueNone -> ()

                let color = if hits = 0 then Vector3.Zero else sum / float32 hits
                pixels[y][x] <- Rgba32(Vector4(color, float32 hits / float32 (rays * rays)))
    )
    |> ignore

    for y in 0 .. settings.Height - 1 do
        for x in 0 .. settings.Width - 1 do
            image[x, y] <- pixels[y][x]

    image

let private number (value: float32) =
    value.ToString Globalization.CultureInfo.InvariantCulture

let private matrix (camera: Camera) =
    let row (pick: Vector3 -> float32) =
        [ camera.Right; camera.Up; camera.Back; camera.Position ]
        |> List.map (pick >> number)
        |> String.concat ", "

    sprintf "[[%s], [%s], [%s], [0, 0, 0, 1]]" (row _.X) (row _.Y) (row _.Z)

/// The name of a view's image within the dataset.
let name (view: int) = $"images/view_{view:D3}.png"

/// What `transforms.json` says of the views.
let transforms settings =
    let frames =
        List.init settings.Views (fun view ->
            sprintf "{ \"file_path\": \"%s\", \"transform_matrix\": %s }" (name view) (matrix (camera settings view)))

    sprintf
        "{ \"camera_model\": \"OPENCV\", \"fl_x\": %s, \"fl_y\": %s, \"cx\": %s, \"cy\": %s, \"w\": %d, \"h\": %d, \"k1\": 0, \"frames\": [%s] }"
        (number settings.Focal.X)
        (number settings.Focal.Y)
        (number settings.Principal.X)
        (number settings.Principal.Y)
        settings.Width
        settings.Height
        (String.concat ", " frames)

/// Writes images and `transforms.json`, and gives the folder back.
let write (folder: string) settings =
    Directory.CreateDirectory(Path.Combine(folder, "images")) |> ignore

    for view in 0 .. settings.Views - 1 do
        use image = picture settings (camera settings view)
        image.SaveAsPng(Path.Combine(folder, name view))

    File.WriteAllText(Path.Combine(folder, "transforms.json"), transforms settings)
    folder
