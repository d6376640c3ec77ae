/// The road to a GPU, as far as it can be gone without one.
module DreamTime.Diffusion.Tests.CudaTests

open System
open Expecto
open TorchSharp
open DreamTime.Diffusion
open DreamTime.Schedules

let private look library driver devices =
    CudaStatus.Look([| "/a"; "/b" |], (fun folder -> library && folder = "/b"), (fun () -> driver), (fun () -> devices))

let private never () : 'a = failtest "asked too early"

let private resolve device half (status: unit -> CudaStatus) =
    let struct (device, networks) =
        PriorPlacement(Device = device, HalfPrecision = half).Resolve status

    device, networks

let private unet () = UNetTests.load "sd15-tiny" "unet"

let tests =
    testSequenced
    <| testList "CUDA" [
        test "what is missing is said in words, with a remedy, and nothing is asked too early" {
            let cpu =
                CudaStatus.Look([| "/a" |], (fun _ -> false), Func<_>(never), Func<_>(never))

            Expect.isFalse cpu.IsUsable "a CPU build"
            Expect.stringContains (string cpu) "/a" "where it was looked for"
            Expect.stringContains (string cpu) NativeLibtorch.FolderVariable "a way out"
            Expect.stringContains (string cpu) "-p:TorchBackend=cuda" "the other"

            let driverless =
                CudaStatus.Look([| "/a"; "/b" |], (fun f -> f = "/b"), (fun () -> false), Func<_>(never))

            Expect.isFalse driverless.IsUsable "no driver"
            Expect.stringContains (string driverless) "/b" "the folder that has it"
            Expect.stringContains (string driverless) "driver" "what is missing"

            let deviceless = look true true 0
            Expect.isFalse deviceless.IsUsable "no device"
            Expect.stringContains (string deviceless) "CUDA_VISIBLE_DEVICES" "what can hide it"

            let two = look true true 2
            Expect.isTrue two.IsUsable "two devices"
            Expect.stringContains (string two) "2 devices" "how many"
            Expect.isNull two.Remedy "nothing to do"
        }

        test
            "auto takes a device that is there; cuda without one and half precision on the CPU are refused with what was found" {
            let there () = look true true 1
            let absent () = look false false 0

            Expect.equal (resolve PriorDevice.Auto true there) (DeviceType.CUDA, torch.ScalarType.Float16) "auto, half"

            Expect.equal (resolve PriorDevice.Cuda false there) (DeviceType.CUDA, torch.ScalarType.Float32) "cuda"

            Expect.equal (resolve PriorDevice.Auto false absent) (DeviceType.CPU, torch.ScalarType.Float32) "auto"
            Expect.equal (resolve PriorDevice.Cpu false never) (DeviceType.CPU, torch.ScalarType.Float32) "cpu"

            for device, half in [ PriorDevice.Cuda, false; PriorDevice.Auto, true ] do
                Expect.throwsC (fun () -> resolve device half absent |> ignore) (fun error ->
                    Expect.isTrue (error :? NotSupportedException) (error.GetType().Name)
                    Expect.stringContains error.Message "build for the CPU" "what was found")

            Expect.throwsT<NotSupportedException> (fun () -> resolve PriorDevice.Cpu true never |> ignore) "half on cpu"
        }

        test "this machine's status has words, and a prior that must run on a missing GPU says them" {
            let status = NativeLibtorch.Cuda
            Expect.isNotEmpty status.Found "found"

            if not status.IsUsable then
                Expect.throwsC
                    (fun () -> Prior.Load(PriorSource.Embedded, PriorPlacement(Device = PriorDevice.Cuda)).Dispose())
                    (fun error -> Expect.stringContains error.Message status.Found "the reason")
        }

        // A type is moved as a device is: what works in double precision on the CPU reaches every weight and every constant.
        test "networks in another precision take samples in single and answer in single" {
            use _ = torch.NewDisposeScope()
            use _ = torch.no_grad ()
            let fixture = GoldenFixture("sd15-tiny", "unet")

            let predict (network: UNet2DConditionModel) =
                use denoiser =
                    new UNetDenoiser(network, NoiseSchedule.StableDiffusion, PredictionType.Epsilon)

                denoiser.PredictNoise(fixture["in.a.sample"], [| 982; 22 |], fixture["in.a.encoder_hidden_states"])

            let single = predict (unet ())

            for precision, tolerance in
                [
                    // The reference's own gap between single and double, with the golden file's margin.
                    torch.ScalarType.Float64, 5e-5
                    // Eleven digits of a mantissa through some forty layers.
                    torch.ScalarType.Float16, 5e-2
                ] do
                let network = unet ()
                ModulePlace.Move(network, DeviceType.CPU, precision)
                let prediction = predict network
                Expect.equal prediction.dtype torch.ScalarType.Float32 "answered in single"
                let error = (prediction - single).abs().max().ToDouble()
                Expect.isTrue (error < tolerance) $"{precision}: largest difference {error}"
                Expect.isTrue (error > 0.0) $"{precision}: it was computed in it"
        }

        test "an autoencoder in another precision stays differentiable" {
            use _ = torch.NewDisposeScope()
            let folder = ModelFolder.At(GoldenFixture.Folder "zero123-tiny")

            let encode (precision: torch.ScalarType) =
                let autoencoder =
                    new AutoencoderKL(AutoencoderKLConfig.Parse(folder.ReadText "vae/config.json"))

                ModulePlace.Move(autoencoder, DeviceType.CPU, precision)
                ModuleLoader.Load(autoencoder, folder, folder.WeightsFile "vae")
                use codec = new VaeCodec(autoencoder)

                let image =
                    ((0.5).ToScalar() * (GoldenFixture("zero123-tiny", "pipeline")["in.image"] + (1).ToScalar()))
                        .requires_grad_()

                let latents = codec.Encode image
                latents.square().sum().backward()
                latents.detach (), nonNull image.grad

            let single, singleGradient = encode torch.ScalarType.Float32
            let double', doubleGradient = encode torch.ScalarType.Float64
            Expect.equal double'.dtype torch.ScalarType.Float32 "answered in single"

            let close (a: torch.Tensor) (b: torch.Tensor) =
                (a - b).abs().max().ToDouble() / b.abs().max().ToDouble()
            // Relative, float32 rounding through a dozen layers.
            Expect.isLessThan (close single double') 1e-4 "latents"
            Expect.isLessThan (close singleGradient doubleGradient) 1e-4 "gradient"
        }
    ]
