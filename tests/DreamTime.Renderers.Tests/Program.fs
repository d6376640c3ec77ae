module DreamTime.Renderers.Tests.Program

open Expecto
open DreamTime.Testing

[<EntryPoint>]
let main arguments =
    Runner.run "Renderers" (testList "Renderers" [ CameraTests.tests; MarchingCubesTests.tests; AssetTests.tests ]) arguments
