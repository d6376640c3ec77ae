module DreamTime.Diffusion.Tests.Weights

open Expecto
open TorchSharp

/// Copies a checkpoint into a module, whose state-dict names must be the checkpoint's.
let load (path: string) (m: torch.nn.Module) =
    use _ = torch.NewDisposeScope()
    use _ = torch.no_grad ()

    let stored =
        SafetensorsFile.read path |> Map.filter (fun name _ -> not (name.EndsWith "position_ids"))

    let state = m.state_dict ()
    Expect.equal (Set.ofSeq state.Keys) (Set.ofSeq (Map.keys stored)) $"names of {path}"

    for KeyValue(name, tensor) in stored do
        Expect.equal state[name].shape tensor.shape $"shape of {name}"
        state[name].copy_ tensor |> ignore
