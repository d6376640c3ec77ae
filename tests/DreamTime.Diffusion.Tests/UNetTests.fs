module DreamTime.Diffusion.Tests.UNetTests

open Expecto
open TorchSharp
open DreamTime.Diffusion

let load model part =
    let folder = ModelFolder.At(GoldenFixture.Folder model)

    let config = UNet2DConditionConfig.Parse(folder.ReadText $"{part}/config.json")

    let unet = new UNet2DConditionModel(config)
    ModuleLoader.Load(unet, folder, folder.WeightsFile part)
    unet

let private golden model part case =
    test $"{model} {part} {case}: prediction, activations and gradients equal diffusers'" {
        use _ = torch.NewDisposeScope()
        let fixture = GoldenFixture(model, part)
        let prefix = $"mid.{case}."
        let unet = load model part

        let mids =
            fixture.Names |> Seq.filter _.StartsWith(prefix) |> Seq.map _.Substring(prefix.Length) |> List.ofSeq

        let outputs = ModuleHooks.record mids unet
        let input name = fixture[$"in.{case}.{name}"]
        let sample = (input "sample").requires_grad_()
        let text = (input "encoder_hidden_states").requires_grad_()

        let conditions =
            if Seq.contains $"in.{case}.class_labels" fixture.Names then
                UNetConditions(ClassLabels = input "class_labels")
            else
                UNetConditions.None

        let result = unet.Predict(sample, input "t", text, conditions)

        (result * input "w").sum().backward()

        for mid in mids do
            fixture.Compare(prefix + mid, outputs[mid])

        fixture.Compare($"out.{case}", result)
        fixture.Compare($"grad.{case}.sample", nonNull sample.grad)
        fixture.Compare($"grad.{case}.encoder_hidden_states", nonNull text.grad)

        printfn
            "%s %s %s: %d tensors, largest error %.2f atol at %s"
            model
            part
            case
            (mids.Length + 3)
            (fst fixture.Worst)
            (snd fixture.Worst)
    }

let tests =
    testList "UNet2DConditionModel" [
        for case in [ "a"; "b"; "odd" ] do
            golden "sd15-tiny" "unet" case
        for case in [ "a"; "odd" ] do
            golden "sd21-tiny" "unet" case
        for case in [ "a"; "b" ] do
            golden "if-tiny" "unet" case
        golden "if-tiny" "unet_stage2" "a"
        golden "zero123-tiny" "unet" "a"
    ]
