module DreamTime.Cli.Program

[<EntryPoint>]
let main _ = 0
