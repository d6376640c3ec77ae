module DreamTime.Schedules.Tests.Program

open Expecto
open DreamTime.Testing
open DreamTime.Schedules.Tests

[<EntryPoint>]
let main arguments =
    let tests =
        testList "Schedules" [
            Noise.tests
            Flows.tests
            Golden.tests
            ScheduleLaws.tests
            Exactness.tests
            WeightLaws.tests
            TermLaws.tests
            DrawLaws.tests
            Language.tests
            Words.tests
            Scalars.tests
            PresetRules.tests
            Schedules.tests
            Descents.tests
            Descriptions.tests
            Plots.tests
            Documentation.tests
            CalculusLaws.tests
            Fits.tests
            SimplifyLaws.tests
            Json.tests
            Conversions.tests
            Surface.tests
        ]

    Runner.run "Schedules" tests arguments
