/// Tensors that are alive, counted: those that this thread made and nobody disposed, whatever the garbage collector does.
module DreamTime.Diffusion.Tests.MemoryTests

open System
open System.IO
open System.Threading
open Expecto
open TorchSharp
open DreamTime.Diffusion

let private live () =
    DisposeScopeManager.Statistics.ThreadTotalLiveCount

/// Runs once to let everything come into being, then often, and demands as many live tensors as before.
let private flat (times: int) (act: unit -> unit) =
    act ()
    let before = live ()

    for _ in 1..times do
        act ()

    Expect.equal (live ()) before $"live tensors after {times} more calls"

let private withPrior (check: Prior -> unit) =
    TinyPrior.usingStableDiffusion (fun path ->
        use prior = Prior.Load(PriorSource.Folder path)
        check prior)

exception private Broken

/// The sub-module at this path throws whenever it is called.
let private breakAt path (network: torch.nn.Module) =
    let broken =
        Seq.find (fun (struct (name: string, _)) -> name = path) (network.named_modules ())

    let struct (_, inner) = broken
    inner |> ModuleHooks.onOutput (fun _ -> raise Broken)

let private throws (act: unit -> unit) =
    try
        act ()
        failtest "should throw"
    with Broken ->
        ()

let tests =
    testList "Memory" [
        test "2,000 calls of a denoiser under guidance leave nothing behind" {
            withPrior (fun prior ->
                use text = prior.EncodePrompt "a red mushroom"
                use noisy = torch.randn ([| 1L; 4L; 4L; 4L |])

                flat 2000 (fun () ->
                    use eps =
                        ClassifierFreeGuidance.PredictNoise(prior.Denoiser, noisy, [| 500 |], text, text, 7.5)

                    ignore eps))
        }

        test "images encoded, led back and decoded, and prompts encoded, leave nothing behind" {
            withPrior (fun prior ->
                flat 100 (fun () ->
                    use image = torch.rand([| 1L; 3L; 8L; 8L |]).requires_grad_()
                    use latent = prior.Codec.Encode image
                    use total = latent.sum ()
                    total.backward ()
                    use gradient = image.grad
                    use decoded = prior.Codec.Decode latent
                    use text = prior.EncodePrompt "a mushroom"
                    ignore (gradient, decoded, text)))
        }

        test "what throws in the middle of a network leaves nothing behind" {
            use _ = torch.no_grad ()

            TinyPrior.usingStableDiffusion (fun path ->
                let folder = ModelFolder.At path

                use unet =
                    new UNet2DConditionModel(UNet2DConditionConfig.Parse(folder.ReadText "unet/config.json"))

                use vae =
                    new AutoencoderKL(AutoencoderKLConfig.Parse(folder.ReadText "vae/config.json"))

                use noisy = torch.randn ([| 1L; 4L; 4L; 4L |])
                use image = torch.rand ([| 1L; 3L; 8L; 8L |])
                use text = torch.randn ([| 1L; 3L; 16L |])
                use t = torch.zeros (1L, torch.int64)
                breakAt "up_blocks.1.resnets.1" unet
                breakAt "encoder.mid_block.resnets.1" vae
                breakAt "decoder.mid_block.attentions.0" vae
                flat 20 (fun () -> throws (fun () -> (unet.call (noisy, t, text)).Dispose()))
                flat 20 (fun () -> throws (fun () -> (vae.Encode image).Dispose()))
                flat 20 (fun () -> throws (fun () -> (vae.Decode noisy).Dispose())))
        }

        test "a cancelled picture leaves nothing behind" {
            withPrior (fun prior ->
                flat 5 (fun () ->
                    use stop = new CancellationTokenSource()

                    let progress = {
                        new IProgress<SampleProgress> with
                            member _.Report value =
                                if value.Step = 2 then
                                    stop.Cancel()
                    }

                    Expect.throwsT<OperationCanceledException>
                        (fun () ->
                            TextToImage(prior).Sample("a mushroom", SampleOptions(Steps = 5), progress, stop.Token)
                            |> ignore)
                        "cancelled"))
        }

        test
            "a prior that is disposed, and one that fails to load, leave nothing behind but a second handle of each convolution's bias" {
            TinyPrior.usingStableDiffusion (fun path ->
                let load () =
                    (Prior.Load(PriorSource.Folder path)).Dispose()

                // TorchSharp's own, from the bias's initialisation; the garbage collector takes it.
                let convolutions =
                    let folder = ModelFolder.At path

                    use unet =
                        new UNet2DConditionModel(UNet2DConditionConfig.Parse(folder.ReadText "unet/config.json"))

                    use vae =
                        new AutoencoderKL(AutoencoderKLConfig.Parse(folder.ReadText "vae/config.json"))

                    Seq.append (unet.modules ()) (vae.modules ())
                    |> Seq.filter (fun inner -> inner :? Modules.Conv2d)
                    |> Seq.length
                    |> int64

                let growth act =
                    act ()
                    let before = live ()

                    for _ in 1..3 do
                        act ()

                    live () - before

                Expect.equal (growth load) (3L * convolutions) "loaded and disposed"
                let unet = Path.Combine(path, "unet/diffusion_pytorch_model.safetensors")
                File.Copy(Path.Combine(path, "vae/diffusion_pytorch_model.safetensors"), unet, true)

                Expect.equal
                    (growth (fun () -> Expect.throwsT<InvalidDataException> load "the last part does not fit"))
                    (3L * convolutions)
                    "failed")
        }
    ]
