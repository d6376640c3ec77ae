module DreamTime.Renderers.Tests.CameraTests

open System
open System.Numerics
open Expecto
open FsCheck
open FsCheck.FSharp
open DreamTime.Renderers

/// A camera's place in degrees and metres, anywhere a camera may be.
type Place = { Azimuth: float32; Elevation: float32; Distance: float32; FovY: float32 }

type Places =
    static member Place() =
        let between low high =
            Gen.choose (0, 10000) |> Gen.map (fun n -> low + (high - low) * float32 n / 10000f)

        gen {
            let! azimuth = between -720f 720f
            let! elevation = between -90f 90f
            let! distance = between 0.1f 10f
            let! fovY = between 5f 120f
            return { Azimuth = azimuth; Elevation = elevation; Distance = distance; FovY = fovY }
        }
        |> Arb.fromGen

let private config = {
    FsCheckConfig.defaultConfig with
        maxTest = 200
        arbitrary = [ typeof<Places> ]
}

let private property name body = testPropertyWithConfig config name body

let private camera p =
    Camera.Orbit(p.Azimuth, p.Elevation, p.Distance, p.FovY)

/// Single precision: sines and cosines are rounded to 24 bits, and at most a handful of them are multiplied.
let private near (tolerance: float32) (a: Vector3) (b: Vector3) = Vector3.Distance(a, b) <= tolerance

let private throwsNaming (name: string) (body: unit -> unit) =
    Expect.throwsC body (fun e ->
        match e with
        | :? ArgumentOutOfRangeException as e -> Expect.equal e.ParamName name "names the argument"
        | e -> failtestf "threw %s" (e.GetType().Name))

/// Pearson's statistic of counts that should be equal.
let private chiSquare (counts: int[]) =
    let expected = float (Array.sum counts) / float counts.Length
    counts |> Array.sumBy (fun n -> (float n - expected) ** 2.0 / expected)

let private histogram bins low high (values: float[]) =
    let counts = Array.zeroCreate bins

    for v in values do
        let bin = int (float bins * (v - low) / (high - low))
        counts[min bin (bins - 1)] <- counts[min bin (bins - 1)] + 1

    counts

let private sampler seed = CameraSampler(CameraRanges(), seed)

let tests =
    testList "Cameras" [
        property "axes are orthonormal and right-handed"
        <| fun p ->
            let c = camera p

            near 1e-5f (Vector3.Cross(c.Right, c.Up)) c.Back
            && abs (c.Right.Length() - 1f) < 1e-5f
            && abs (c.Up.Length() - 1f) < 1e-5f
            && abs (Vector3.Dot(c.Right, c.Up)) < 1e-5f

        property "the image's centre looks at the origin from the distance"
        <| fun p ->
            let c = camera p
            let origin = c.Position + p.Distance * c.RayDirection(32f, 24f, 64, 48)
            near (1e-5f * p.Distance) origin Vector3.Zero

        property "the middle of the upper edge is half a field of view up"
        <| fun p ->
            let c = camera p
            let edge = c.RayDirection(32f, 0f, 64, 48)
            let half = float p.FovY / 2.0 * Math.PI / 180.0
            near 1e-5f edge (float32 (sin half) * c.Up - float32 (cos half) * c.Back)

        property "rays have length 1, and x grows to the right, y downwards"
        <| fun p ->
            let c = camera p
            let ray = c.RayDirection(40.5f, 30.5f, 64, 48)
            abs (ray.Length() - 1f) < 1e-5f && Vector3.Dot(ray, c.Right) > 0f && Vector3.Dot(ray, c.Up) < 0f

        test "azimuth 0 stands on +x with +y to its right and z up; azimuth 90 stands on +y" {
            let front = Camera.Orbit(0f, 0f, 2f, 45f)
            Expect.isTrue (near 1e-6f front.Position (Vector3(2f, 0f, 0f))) "front"
            Expect.isTrue (near 1e-6f front.Right Vector3.UnitY) "right"
            Expect.isTrue (near 1e-6f front.Up Vector3.UnitZ) "up"
            Expect.isTrue (near 1e-6f (Camera.Orbit(90f, 0f, 2f, 45f).Position) (Vector3(0f, 2f, 0f))) "left side"
            Expect.isGreaterThan (Camera.Orbit(0f, 30f, 2f, 45f).Position.Z) 0f "above"
        }

        property "a calibrated camera sees along its axis at the principal point, and f pixels beside it at 45 degrees"
        <| fun p ->
            let focal, principal = Vector2(50f, 40f), Vector2(20f, 31f)
            let c = Camera.Calibrated(camera p, focal, principal, 64, 48)

            near 1e-5f (c.RayDirection(20f, 31f, 64, 48)) -c.Back
            && near 1e-5f (c.RayDirection(70f, 31f, 64, 48)) (Vector3.Normalize(c.Right - c.Back))
            && near 1e-5f (c.RayDirection(20f, -9f, 64, 48)) (Vector3.Normalize(c.Up - c.Back))

        property "a crop's rays are the image's own, down to one pixel"
        <| fun p ->
            let c = Camera.Calibrated(camera p, Vector2(50f, 40f), Vector2(20f, 31f), 64, 48)

            [ 0, 0, 64, 48; 5, 7, 4, 4; 63, 47, 1, 1; 10, 40, 30, 2 ]
            |> List.forall (fun (left, top, width, height) ->
                let crop = c.Crop(left, top, struct (width, height), 64, 48)
                let x, y = float32 width - 0.5f, 0.5f
                // The offset counts crops: at one pixel it is some 64 of them, and so is its rounding.
                near
                    1e-5f
                    (crop.RayDirection(x, y, width, height))
                    (c.RayDirection(x + float32 left, y + float32 top, 64, 48)))

        property "a point on a pixel's ray is projected onto that pixel"
        <| fun p ->
            let c = Camera.Calibrated(camera p, Vector2(50f, 40f), Vector2(20f, 31f), 64, 48)
            let ray = c.RayDirection(12.5f, 40.5f, 64, 48)
            let pixel = c.Project(c.Position + 3f * ray, 64, 48)
            near 0.01f pixel (Vector3(12.5f, 40.5f, -3f * Vector3.Dot(ray, c.Back)))

        test "what is no camera is refused by the argument's name" {
            throwsNaming "elevationDegrees" (fun () -> Camera.Orbit(0f, 91f, 1f, 45f) |> ignore)
            throwsNaming "azimuthDegrees" (fun () -> Camera.Orbit(nanf, 0f, 1f, 45f) |> ignore)
            throwsNaming "distance" (fun () -> Camera.Orbit(0f, 0f, 0f, 45f) |> ignore)
            throwsNaming "fovYDegrees" (fun () -> Camera.Orbit(0f, 0f, 1f, 180f) |> ignore)
            let orbit = Camera.Orbit(0f, 0f, 1f, 45f)
            throwsNaming "focal" (fun () -> Camera.Calibrated(orbit, Vector2.Zero, Vector2.Zero, 4, 4) |> ignore)
            throwsNaming "principal" (fun () -> Camera.Calibrated(orbit, Vector2.One, Vector2(nanf), 4, 4) |> ignore)
            throwsNaming "width" (fun () -> Camera.Calibrated(orbit, Vector2.One, Vector2.One, 0, 4) |> ignore)
            throwsNaming "to" (fun () -> Interval(1f, 0f) |> ignore)
            throwsNaming "Elevation" (fun () -> CameraRanges(Elevation = Interval(-100f, 0f)) |> ignore)
            throwsNaming "views" (fun () -> (sampler 1L).Sample(0, 0) |> ignore)
        }

        test "views around the subject start in front and are evenly spaced" {
            let azimuths = View.Around(4, 15f, 2f, 45f) |> Array.map _.AzimuthDegrees
            Expect.sequenceEqual azimuths [ 0f; 90f; 180f; 270f ] ""
        }

        property "samples are a function of seed, step and view"
        <| fun (seed: int64, NonNegativeInt step) ->
            (sampler seed).Sample(step, 3) = (sampler seed).Sample(step, 3)
            && (sampler seed).Sample(step, 3) <> (sampler seed).Sample(step + 1, 3)
            && (sampler seed).Sample(step, 3) <> (sampler (seed + 1L)).Sample(step, 3)

        property "samples never leave the ranges"
        <| fun (low: Place, high: Place, seed: int64) ->
            let interval (f: Place -> float32) =
                Interval(min (f low) (f high), max (f low) (f high))

            let azimuth =
                let i = interval _.Azimuth in Interval(i.From, min i.To (i.From + 360f))

            let ranges =
                CameraRanges(
                    Azimuth = azimuth,
                    Elevation = interval _.Elevation,
                    Distance = interval _.Distance,
                    FovY = interval _.FovY
                )

            CameraSampler(ranges, seed).Sample(7, 5)
            |> Array.forall (fun view ->
                ranges.Azimuth.Contains view.AzimuthDegrees
                && ranges.Elevation.Contains view.ElevationDegrees
                && ranges.Distance.Contains view.Distance
                && ranges.FovY.Contains view.Camera.FovYDegrees)

        property "each view of a step has its own share of the circle"
        <| fun (seed: int64, PositiveInt step) ->
            (sampler seed).Sample(step, 8)
            |> Array.mapi (fun k view ->
                view.AzimuthDegrees >= -180f + 45f * float32 k && view.AzimuthDegrees <= -135f + 45f * float32 k)
            |> Array.forall id

        test "azimuths and distances are uniform over many steps" {
            let views = [| for step in 1..4000 -> (sampler 11L).Sample(step, 1)[0] |]

            let azimuths =
                views |> Array.map (fun v -> float v.AzimuthDegrees) |> histogram 20 -180.0 180.0

            let distances =
                views |> Array.map (fun v -> float v.Distance) |> histogram 20 2.6 3.0
            // 43.8 is the 99.9 % point of chi-square with 19 degrees of freedom; seed 11.
            Expect.isLessThan (chiSquare azimuths) 43.8 "azimuths"
            Expect.isLessThan (chiSquare distances) 43.8 "distances"
        }

        test "elevations are half uniform in angle, half uniform on the sphere" {
            let ranges = CameraRanges(Elevation = Interval(0f, 90f))
            let sampler = CameraSampler(ranges, 5L)

            let sines = [|
                for step in 1..4000 ->
                    Math.Sin(float (Array.head (sampler.Sample(step, 1))).ElevationDegrees * Math.PI / 180.0)
            |]

            let bins = 10

            let observed = histogram bins 0.0 1.0 sines
            // P(sin e <= x) = x/2 + asin(x)/pi. 27.9 is the 99.9 % point of chi-square with 9 degrees of freedom; seed 5.
            let cumulative x = x / 2.0 + asin x / Math.PI

            let statistic =
                observed
                |> Array.mapi (fun i n ->
                    let share =
                        cumulative (float (i + 1) / float bins) - cumulative (float i / float bins)

                    let expected = 4000.0 * share
                    (float n - expected) ** 2.0 / expected)
                |> Array.sum

            Expect.isLessThan statistic 27.9 ""
        }

        test "view words follow the direction" {
            let expected = [
                0f, 0f, "front"
                44f, 45f, "front"
                46f, 0f, "side"
                -90f, 0f, "side"
                135f, 0f, "side"
                136f, 0f, "back"
                180f, 0f, "back"
                -180f, 0f, "back"
                360f, 0f, "front"
                540f, -10f, "back"
                0f, 46f, "overhead"
                180f, 90f, "overhead"
            ]

            for azimuth, elevation, word in expected do
                Expect.equal (ViewWord.Of(azimuth, elevation)) word $"azimuth {azimuth}, elevation {elevation}"

            Expect.equal
                (ViewWord.Describe("a red mushroom", View.Orbit(100f, 0f, 2f, 45f)))
                "a red mushroom, side view"
                ""
        }

        property "left and right have the same word, and every word is known"
        <| fun p ->
            let word = ViewWord.Of(p.Azimuth, p.Elevation)
            word = ViewWord.Of(-p.Azimuth, p.Elevation) && Seq.contains word ViewWord.All

        test "view angles are told to the nearest fifteen degrees, azimuths from 0 to 345" {
            let expected = [
                0f, 0f, "0 0"
                44f, 31f, "45 30"
                -90f, -10f, "270 -15"
                352f, 59f, "345 60"
                353f, 7f, "0 0"
                -7f, -7f, "0 0"
                400f, 8f, "45 15"
                -725f, 90f, "0 90"
            ]

            for azimuth, elevation, angles in expected do
                Expect.equal
                    (ViewAngles.Describe("a red mushroom", azimuth, elevation))
                    $"a red mushroom, view {angles}"
                    $"azimuth {azimuth}, elevation {elevation}"
        }
    ]
