module DreamTime.Schedules.Tests.Program

open Expecto
open DreamTime.Testing

[<EntryPoint>]
let main arguments =
    Runner.run "Schedules" (testList "Schedules" [ test "runs" { Expect.equal 1 1 "" } ]) arguments
