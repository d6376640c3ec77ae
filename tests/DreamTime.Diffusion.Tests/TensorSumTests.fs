module DreamTime.Diffusion.Tests.TensorSumTests

open System
open System.Threading
open Expecto
open TorchSharp
open DreamTime.Diffusion

let private ones: torch.Tensor =
    NativeLibtorch.Load()
    torch.ones([| 16L |]).DetachFromDisposeScope()

let private twos: torch.Tensor =
    TensorNumbers.Times(ones, 2.0).DetachFromDisposeScope()

let private operations = [
    "1 + 2 of tensors", (fun () -> TensorSum.Plus(ones, twos)), 3.0f
    "1 + 0.5", (fun () -> TensorNumbers.Plus(ones, 0.5)), 1.5f
    "1 - 0.5", (fun () -> TensorNumbers.Minus(ones, 0.5)), 0.5f
    "2 * 3", (fun () -> TensorNumbers.Times(twos, 3.0)), 6.0f
    "2 / 4", (fun () -> TensorNumbers.Over(twos, 4.0)), 0.5f
]

let tests =
    test "sums, products and quotients are right while the garbage collector runs all the time" {
        // TorchSharp's own operators each fail a few times a second under this load.
        use stop = new CancellationTokenSource()

        let collect =
            Thread(fun () ->
                while not stop.IsCancellationRequested do
                    GC.Collect 0
                    GC.WaitForPendingFinalizers())

        collect.Start()

        try
            for what, operation, expected in operations do
                for _ in 1..100_000 do
                    use result = operation ()
                    Expect.equal (BitConverter.ToSingle(result.bytes.Slice(60, 4))) expected what
        finally
            stop.Cancel()
            collect.Join()
    }
