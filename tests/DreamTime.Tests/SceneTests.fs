/// Light, backgrounds and losses of a run.
module DreamTime.Tests.SceneTests

open System
open Expecto
open DreamTime
open DreamTime.Renderers

let private options representation background mode (regularizers: string list) =
    TextTo3DOptions(
        Steps = 4,
        Views = 2,
        Representation = representation,
        Guidance = GuidanceOptions(Scale = 1.0),
        ViewDependentPrompts = false,
        Background = background,
        Light = LightOptions(Mode = mode, AlbedoShare = 0.25),
        RegularizerSchedules = (regularizers |> List.map RegularizerSchedule.Parse |> List.toArray),
        Seed = 5L
    )

/// The reports of a run's steps.
let private run options =
    use prior = KnownPriors.colours [ 0.8, 0.2, 0.2 ]
    use run = TextTo3D.Start(prior, "anything", options)
    [ for _ in 1..4 -> run.Advance() ]

let private refused options part =
    Expect.throwsC (fun () -> run options |> ignore) (fun error -> Expect.stringContains error.Message part "")

let tests =
    testList "scene" [
        for representation in [ Representation.Nerf; Representation.Neus; Representation.Splats ] do
            test $"light, every background and smooth normals serve {representation}" {
                for background in Enum.GetValues<BackgroundKind>() do
                    let reports =
                        run (options representation background ShadingMode.Mixed [ "normal-smoothness=line 0 1" ])

                    for report in reports do
                        Expect.isTrue (report.GradientNorm > 0.0 && Double.IsFinite report.GradientNorm) $"{background}"
            }

        test "the same run twice is the same, with light and a learned background" {
            let norms () =
                run (options Representation.Nerf BackgroundKind.Learned ShadingMode.Soft [ "orientation=0.1" ])
                |> List.map _.GradientNorm

            Expect.equal (norms ()) (norms ()) ""
        }

        test "a scheduled weight counts from the step on at which it is not 0" {
            let norms regularizers =
                run (options Representation.Nerf BackgroundKind.Random ShadingMode.Albedo regularizers)
                |> List.map _.GradientNorm

            let without, late = norms [], norms [ "distortion=stages [(0, 0), (0.6, 5)]" ]
            Expect.equal late[..1] without[..1] "before"
            Expect.notEqual late[2] without[2] "after"
        }

        test "what a representation does not have is refused before anything begins" {
            refused (options Representation.Image BackgroundKind.Random ShadingMode.Soft []) "no light falls on it"

            refused
                (options Representation.Splats BackgroundKind.Random ShadingMode.Albedo [ "distortion=1" ])
                "distortion=1 does not exist for the representation Splats"

            refused
                (options Representation.Nerf BackgroundKind.Random ShadingMode.Albedo [ "eikonal=1" ])
                "eikonal=1 does not exist"
        }
    ]
