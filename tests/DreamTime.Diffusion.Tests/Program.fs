module DreamTime.Diffusion.Tests.Program

open Expecto
open DreamTime.Testing

[<EntryPoint>]
let main arguments =
    Runner.run "Diffusion" (testList "Diffusion" [ test "runs" { Expect.equal 1 1 "" } ]) arguments
