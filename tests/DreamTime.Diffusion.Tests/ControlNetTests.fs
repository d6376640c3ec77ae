module DreamTime.Diffusion.Tests.ControlNetTests

open Expecto
open TorchSharp
open DreamTime.Diffusion

let private load model =
    let folder = ModelFolder.At(GoldenFixture.Folder model)

    let controlNet =
        new ControlNetModel(ControlNetConfig.Parse(folder.ReadText "controlnet/config.json"))

    ModuleLoader.Load(controlNet, folder, folder.WeightsFile "controlnet")
    controlNet

let tests =
    testList "ControlNetModel" [
        test "sd15-tiny: residuals, the U-Net's prediction with them and gradients equal diffusers'" {
            use _ = torch.NewDisposeScope()
            let fixture = GoldenFixture("sd15-tiny", "controlnet")
            use unet = UNetTests.load "sd15-tiny" "unet"
            use controlNet = load "sd15-tiny"

            let mids =
                ModuleHooks.record [ "controlnet_cond_embedding"; "mid_block" ] controlNet

            let sample = fixture["in.sample"].requires_grad_()
            let image = fixture["in.cond"].requires_grad_()
            let t, text = fixture["in.t"], fixture["in.encoder_hidden_states"]
            let scale = fixture.Meta.GetProperty("conditioning_scale").GetDouble()
            let residuals = controlNet.Predict(sample, t, text, image, scale)

            let predicted = unet.Predict(sample, t, text, UNetConditions(Residuals = residuals))

            (predicted * fixture["in.w"]).sum().backward()
            residuals.Down |> Seq.iteri (fun k down -> fixture.Compare($"out.down.{k}", down))
            fixture.Compare("out.mid", residuals.Middle)
            fixture.Compare("out.eps", predicted)

            for mid in mids do
                fixture.Compare($"mid.controlnet.{mid.Key}", mid.Value)

            fixture.Compare("grad.sample", nonNull sample.grad)
            fixture.Compare("grad.cond", nonNull image.grad)
            printfn "sd15-tiny controlnet: largest error %.2f atol at %s" (fst fixture.Worst) (snd fixture.Worst)
        }

        test "a new ControlNet does not change a U-Net's prediction" {
            use _ = torch.NewDisposeScope()
            use _ = torch.no_grad ()
            let fixture = GoldenFixture("sd15-tiny", "controlnet")
            use unet = UNetTests.load "sd15-tiny" "unet"
            let folder = ModelFolder.At(GoldenFixture.Folder "sd15-tiny")

            use fresh =
                new ControlNetModel(ControlNetConfig.Parse(folder.ReadText "controlnet/config.json"))

            let sample, t, text =
                fixture["in.sample"], fixture["in.t"], fixture["in.encoder_hidden_states"]

            let residuals = fresh.Predict(sample, t, text, fixture["in.cond"])

            let controlled =
                unet.Predict(sample, t, text, UNetConditions(Residuals = residuals))

            Expect.isTrue (controlled.equal(unet.call (sample, t, text)).all().item<bool>()) "zero residuals"
        }

        test "an image of the wrong size and residuals of another U-Net are refused by name" {
            use _ = torch.NewDisposeScope()
            let fixture = GoldenFixture("sd15-tiny", "controlnet")
            use unet = UNetTests.load "sd15-tiny" "unet"
            use controlNet = load "sd15-tiny"

            let sample, t, text =
                fixture["in.sample"], fixture["in.t"], fixture["in.encoder_hidden_states"]

            Expect.throwsC
                (fun () -> controlNet.Predict(sample, t, text, sample.narrow (1L, 0L, 3L)) |> ignore)
                (fun error -> Expect.stringContains error.Message "image" "")

            let few = ControlNetResiduals([| sample |], sample)

            Expect.throwsC
                (fun () -> unet.Predict(sample, t, text, UNetConditions(Residuals = few)) |> ignore)
                (fun error -> Expect.stringContains error.Message "1 residuals for 4 skips" "")
        }
    ]
