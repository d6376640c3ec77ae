module DreamTime.Tests.Program

open Expecto
open DreamTime.Testing
open DreamTime.Tests

[<EntryPoint>]
let main arguments =
    let cli =
        testList "cli" [
            CliArgumentTests.tests
            CliArgumentTests.suggestions
            CliPromptTests.tests
            CliProgressTests.tests
            CliOutputTests.tests
            CliOutputTests.faults
            CliScheduleTests.tests
            CliConvertTests.tests
            CliPlotTests.tests
            CliPriorTests.tests
            CliSampleTests.tests
            CliGenerateTests.tests
            CliReconstructTests.tests
            CliProcessTests.tests
            CliCudaTests.tests
        ]

    let pipeline =
        testList "pipeline" [
            PriorWordingTests.tests
            DistillationTests.mode
            DistillationTests.knowledge
            DistillationTests.runs
            LatentDistillationTests.tests
            SceneTests.tests
            SharedMemoryTests.tests
            ReconstructionTests.tests
            UnboundedReconstructionTests.tests
        ]

    Runner.run
        "DreamTime"
        (testList "DreamTime" [ cli; ArchitectureTests.tests; UnheldScalarTests.tests; pipeline ])
        arguments
