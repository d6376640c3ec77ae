module DreamTime.Renderers.Tests.Program

open Expecto
open DreamTime.Testing

[<EntryPoint>]
let main arguments =
    Runner.run "Renderers" (testList "Renderers" [ test "runs" { Expect.equal 1 1 "" } ]) arguments
