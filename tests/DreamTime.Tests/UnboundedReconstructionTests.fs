/// Scenes whose surroundings the images show.
module DreamTime.Tests.UnboundedReconstructionTests

open System.Numerics
open Expecto
open DreamTime
open DreamTime.Renderers
open DreamTime.Tests.CliHarness

let tests =
    testList "without bounds" [
        test "surroundings without bounds are learned far better than within a ball" {
            inFolder (fun folder ->
                let settings = { PosedScene.square 24 40 with Surroundings = true; Focal = Vector2(20f) }

                let dataset = PosedDataset.Load(PosedScene.write folder settings)

                let psnr unbounded =
                    let options =
                        ReconstructionOptions(
                            Unbounded = unbounded,
                            PixelsPerStep = 512,
                            Nerf =
                                NerfOptions(
                                    Log2TableSize = 14,
                                    DensityActivation = DensityActivation.TruncatedExponential,
                                    DensityBlob = DensityBlob.None
                                )
                        )

                    use run = new ReconstructionRun(dataset, options)

                    for i in 0..199 do
                        run.Advance(float i / 200.0) |> ignore

                    dataset.Test
                    |> Seq.averageBy (fun view -> run.Render(view.Camera, 24, 24).Psnr(view.Over Vector3.One))

                let within, without = psnr false, psnr true

                Expect.isGreaterThan
                    without
                    (within + 3.0)
                    $"{within:F1} dB within a ball, {without:F1} dB without bounds")
        }

        test "only a NeRF is without bounds" {
            inFolder (fun folder ->
                let dataset = PosedDataset.Load(PosedScene.write folder (PosedScene.square 8 16))

                let options =
                    ReconstructionOptions(Unbounded = true, Representation = Representation.Neus)

                Expect.throwsC (fun () -> new ReconstructionRun(dataset, options) |> ignore) (fun error ->
                    Expect.stringContains error.Message "Neus" ""))
        }
    ]
