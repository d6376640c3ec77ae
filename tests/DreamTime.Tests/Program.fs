module DreamTime.Tests.Program

open Expecto
open DreamTime.Testing

[<EntryPoint>]
let main arguments =
    Runner.run "DreamTime" (testList "DreamTime" [ test "runs" { Expect.equal 1 1 "" } ]) arguments
