module DreamTime.Diffusion.Tests.TensorSumTests

open System
open System.Threading
open Expecto
open TorchSharp
open DreamTime.Diffusion

let tests =
    test "sums are right while the garbage collector runs all the time" {
        // TorchSharp's own operator fails a few times a second under this load.
        use stop = new CancellationTokenSource()

        let collect =
            Thread(fun () ->
                while not stop.IsCancellationRequested do
                    GC.Collect 0
                    GC.WaitForPendingFinalizers())

        collect.Start()

        try
            use left: torch.Tensor = torch.ones [| 16L |]
            use right: torch.Tensor = torch.ones([| 16L |]).mul(torch.tensor 2.0f)

            for _ in 1..500_000 do
                use sum = TensorSum.Plus(left, right)
                Expect.equal (BitConverter.ToSingle(sum.bytes.Slice(60, 4))) 3.0f "1 + 2"
        finally
            stop.Cancel()
            collect.Join()
    }
