namespace DreamTime.Diffusion.Tests

open System
open System.IO
open System.Text.Json
open Expecto
open TorchSharp
open DreamTime.Diffusion

/// Numbers of the reference implementation: X.safetensors holds tensors, X.json the tolerance of each (golden/README.md states the rule).
type GoldenFixture(model: string, name: string) =
    let path extension =
        Path.Combine(GoldenFixture.Folder model, "fixtures", name + extension)

    let tensors = Safetensors.Read(path ".safetensors")
    let document = JsonDocument.Parse(File.ReadAllText(path ".json"))

    let tolerance (tensor: string) =
        let description = document.RootElement.GetProperty("tensors").GetProperty tensor

        match description.TryGetProperty "atol" with
        | true, atol -> atol.GetDouble()
        | false, _ ->
            match description.TryGetProperty "max_abs" with
            | true, largest -> 2e-6 * largest.GetDouble()
            | false, _ -> 0.0

    let mutable worst = 0.0, "nothing compared"

    static member Folder(model: string) =
        Path.Combine(AppContext.BaseDirectory, "golden", model)

    member _.Item
        with get (tensor: string) = tensors[tensor].ToTensor()

    member _.Names = tensors.Keys

    member _.Meta = document.RootElement.GetProperty "meta"

    /// The largest error so far in units of its tolerance, and where it was.
    member _.Worst = worst

    /// Fails unless every element is within the tolerance of the reference.
    member _.Compare(tensor: string, actual: torch.Tensor) =
        use _ = torch.NewDisposeScope()
        let expected = tensors[tensor].ToTensor()
        Expect.equal actual.shape expected.shape $"shape of {tensor}"

        let error =
            (actual.``to`` (torch.float64) - expected.``to`` (torch.float64)).abs().max().ToDouble()

        let atol = tolerance tensor
        let ratio = if error = 0.0 then 0.0 else error / atol

        if ratio > fst worst then
            worst <- ratio, tensor

        // Not isLessThanOrEqual, which lets NaN pass.
        Expect.isTrue (error <= atol) $"{model}/{name}: largest |x - reference| of {tensor} is {error}, allowed {atol}"
