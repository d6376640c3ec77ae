module DreamTime.Diffusion.Tests.Zero123Tests

open System
open System.Threading
open Expecto
open TorchSharp
open DreamTime.Diffusion

let private load () =
    Zero123.Load(ModelFolder.At(GoldenFixture.Folder "zero123-tiny"))

let private image () =
    GoldenFixture("zero123-tiny", "pipeline")["in.image"]

let tests =
    testSequenced
    <| testList "Zero123" [
        test "zero123-tiny: conditioning, five steps of DDIM and the image equal the reference's" {
            use _ = torch.NewDisposeScope()
            use _ = torch.no_grad ()
            let fixture = GoldenFixture("zero123-tiny", "pipeline")
            use model = load ()
            let delta = fixture["in.delta_elev_azim_radius"].data<float32>().ToArray()

            let view = RelativeView(float delta[0], float delta[1], float delta[2])

            let conditioning = model.Condition(fixture["in.image"], [| view |])
            fixture.Compare("mid.clip_pixels", model.ClipPixels fixture["in.image"])
            fixture.Compare("mid.pose", RelativeView.Pose [| view |])
            fixture.Compare("mid.cond", conditioning.Embedding)
            fixture.Compare("mid.image_latents", conditioning.ImageLatents)
            let guidance = fixture.Meta.GetProperty("guidance_scale").GetDouble()
            let steps = fixture.Meta.GetProperty("steps").GetInt32()
            let scheduler = DdimScheduler(model.Scheduler)
            let mutable latents = fixture["in.latents"]

            for step, t in Seq.indexed (scheduler.Timesteps steps) do
                let struct (without, with') = model.PredictBoth(latents, [| t |], conditioning)

                let eps = ClassifierFreeGuidance.Combine(without, with', guidance)

                latents <- scheduler.Step(eps, t, steps, latents).Previous
                fixture.Compare($"out.latents.{step}", latents)

            fixture.Compare("out.image", model.Decode latents)
            printfn "zero123-tiny pipeline: largest error %.2f atol at %s" (fst fixture.Worst) (snd fixture.Worst)
        }

        test "a view depends on its seed, not on its neighbours, and a full turn is no turn" {
            use _ = torch.NewDisposeScope()
            use model = load ()
            let sampler = ImageToView model

            let sample seed views =
                sampler.Sample(image (), views, SampleOptions(Steps = 3, Seed = seed, GuidanceScale = 3.0))

            let views = [| RelativeView(10.0, 20.0); RelativeView(0.0, 90.0, 0.1) |]
            let both = sample 5 views

            let close (a: torch.Tensor) (b: torch.Tensor) what =
                let error = (a - b).abs().max().ToDouble()
                // Three steps under guidance amplify float32 rounding.
                Expect.isTrue (error < 1e-4) $"{what}: largest difference {error}"

            close (sample 6 [| views[1] |]) (both.narrow (0L, 1L, 1L)) "its own seed is one higher"
            close (sample 5 [| RelativeView(10.0, 380.0) |]) (both.narrow (0L, 0L, 1L)) "360 degrees"
        }

        test "a given image is laid on white, padded to a square, and shrunk by areas" {
            use _ = torch.NewDisposeScope()
            let pixel (r, g, b, a) = [| byte r; byte g; byte b; byte a |]

            let image (pixels: (int * int * int * int) list) =
                pixels |> List.map pixel |> Array.concat

            let values (t: torch.Tensor) =
                List.ofArray (t.data<float32>().ToArray())

            let black, clear = (0, 0, 0, 255), (200, 100, 50, 0)

            let near (actual: float32 list) (expected: float list) what =
                for a, e in List.zip actual expected do
                    Expect.floatClose Accuracy.medium (float a) e what

            near
                (values (GivenImage.OnWhite(image [ black; clear; (255, 0, 0, 255); (0, 0, 0, 51) ], 2, 2, 2)))
                [ -1; 1; 1; 0.6; -1; 1; -1; 0.6; -1; 1; -1; 0.6 ]
                "as it is"
            // A column of three: white on both sides.
            near
                (values ((GivenImage.OnWhite(image [ black; black; black ], 3, 1, 3)).narrow(1L, 0L, 1L)))
                [ 1; -1; 1; 1; -1; 1; 1; -1; 1 ]
                "padded"
            // 3 x 3 to 2 x 2: each new pixel covers one and a half old ones each way, and the only black one, the middle, a quarter of 2.25.
            let ring = List.init 9 (fun k -> if k = 4 then black else (255, 255, 255, 255))

            near
                (values ((GivenImage.OnWhite(image ring, 3, 3, 2)).narrow(1L, 0L, 1L)))
                (List.replicate 4 (1.0 - 2.0 * 0.25 / 2.25))
                "areas"

            Expect.throwsT<ArgumentException> (fun () -> GivenImage.OnWhite([| 1uy |], 1, 1, 4) |> ignore) "bytes"
        }

        test "no view, a size the autoencoder cannot halve and a cancelled run are refused" {
            use _ = torch.NewDisposeScope()
            use model = load ()
            let sampler = ImageToView model
            let view = [| RelativeView(0.0, 45.0) |]

            Expect.throwsT<ArgumentException> (fun () -> sampler.Sample(image (), [||]) |> ignore) "no view"

            Expect.throwsC (fun () -> sampler.Sample((image ()).narrow(2L, 0L, 15L), view) |> ignore) (fun error ->
                Expect.stringContains error.Message "multiples of 2" "names the factor")

            use source = new CancellationTokenSource()
            source.Cancel()

            Expect.throwsT<OperationCanceledException>
                (fun () -> sampler.Sample(image (), view, cancellation = source.Token) |> ignore)
                "cancelled"
        }
    ]
