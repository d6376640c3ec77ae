module DreamTime.Diffusion.Tests.ModuleHooks

open System
open System.Collections.Generic
open TorchSharp

type private Tensor = torch.Tensor

/// Lets `seen` see (and replace) the output of a module, whatever its inputs.
let onOutput (seen: Tensor -> Tensor) (m: torch.nn.Module) =
    match m with
    | :? torch.nn.Module<Tensor, Tensor> as m -> m.register_forward_hook (fun _ _ y -> seen y) |> ignore
    | :? torch.nn.Module<Tensor, Tensor, Tensor> as m -> m.register_forward_hook (fun _ _ _ y -> seen y) |> ignore
    | :? torch.nn.Module<Tensor, int64[], Tensor> as m -> m.register_forward_hook (fun _ _ _ y -> seen y) |> ignore
    | :? torch.nn.Module<Tensor, Tensor, Tensor, Tensor> as m ->
        m.register_forward_hook (fun _ _ _ _ y -> seen y) |> ignore
    | :? torch.nn.Module<Tensor, Tensor, Tensor, Stack<Tensor>, Tensor> as m ->
        m.register_forward_hook (fun _ _ _ _ _ y -> seen y) |> ignore
    | other -> failwith $"no hook for a {other.GetType().Name}"

/// Records the outputs of the modules with these paths on every call.
let record (paths: string seq) (root: torch.nn.Module) =
    let outputs = Dictionary<string, Tensor>()
    let modules = dict [ for struct (path, m) in root.named_modules () -> path, m ]

    for path in paths do
        modules[path]
        |> onOutput (fun y ->
            outputs[path] <- y.detach().clone().DetachFromDisposeScope()
            y)

    outputs
