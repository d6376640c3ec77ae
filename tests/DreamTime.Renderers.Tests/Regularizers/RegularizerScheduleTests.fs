/// Losses whose weights change along a run, as texts.
module DreamTime.Renderers.Tests.RegularizerScheduleTests

open System
open Expecto
open DreamTime.Renderers

let private weights (texts: string list) step =
    RegularizerSchedule.At(
        texts |> List.map RegularizerSchedule.Parse |> List.toArray,
        NerfRegularizers(Sparsity = 0.5f),
        DmtetRegularizers(Laplacian = 2f),
        step,
        100,
        0L
    )

let private message (text: string) =
    try
        RegularizerSchedule.Parse text |> ignore
        ""
    with :? FormatException as error ->
        error.Message

let tests =
    testList "regularizer schedules" [
        test "every loss has a name, and its weight at a step is its schedule's" {
            let readers: (string * (NerfRegularizers -> DmtetRegularizers -> ImageRegularizers -> float32)) list = [
                "sparsity", (fun rays _ _ -> rays.Sparsity)
                "opaque", (fun rays _ _ -> rays.Opaque)
                "z-variance", (fun rays _ _ -> rays.ZVariance)
                "entropy", (fun rays _ _ -> rays.Entropy)
                "orientation", (fun rays _ _ -> rays.Orientation)
                "distortion", (fun rays _ _ -> rays.Distortion)
                "spatial-normal-smoothness", (fun rays _ _ -> rays.SpatialNormalSmoothness)
                "eikonal", (fun rays _ _ -> rays.Eikonal.GetValueOrDefault -1f)
                "normal-consistency", (fun _ surface _ -> surface.NormalConsistency)
                "laplacian", (fun _ surface _ -> surface.Laplacian)
                "sign-consistency", (fun _ surface _ -> surface.SignConsistency)
                "normal-smoothness", (fun _ _ images -> images.NormalSmoothness)
                "depth-smoothness", (fun _ _ images -> images.DepthSmoothness)
                "total-variation", (fun _ _ images -> images.TotalVariation)
            ]

            Expect.equal (List.map fst readers) (List.ofSeq RegularizerSchedule.AllNames) "all"

            for name, read in readers do
                let struct (rays, surface, images) = weights [ $"{name}=line 0 0.1" ] 100
                Expect.floatClose Accuracy.medium (float (read rays surface images)) 0.1 name
        }

        test "what has no schedule keeps its weight, and the last schedule of a loss counts" {
            let struct (rays, surface, images) = weights [ "opaque=1"; "opaque=2" ] 1
            Expect.equal (rays.Sparsity, rays.Opaque, rays.Distortion) (0.5f, 2f, 0f) ""
            Expect.equal (surface.Laplacian, surface.NormalConsistency) (2f, 0f) ""
            Expect.equal images ImageRegularizers.None ""
        }

        test "a text prints as it was read" {
            for text in [ "orientation=line 0 0.1"; "z-variance=2" ] do
                Expect.equal (string (RegularizerSchedule.Parse text)) text ""
        }

        test "what is wrong is said" {
            Expect.stringContains (message "orientation") "NAME=WEIGHT" ""
            Expect.stringContains (message "orient=1") "there are sparsity, opaque" ""
            Expect.isNotEmpty (message "opaque=lots") "a weight that is no number"

            Expect.throwsC (fun () -> weights [ "opaque=line 1 -1" ] 100 |> ignore) (fun error ->
                Expect.stringContains error.Message "opaque is -1 at step 100" "")
        }
    ]
