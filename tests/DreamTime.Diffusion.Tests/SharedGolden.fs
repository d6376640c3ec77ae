module DreamTime.Diffusion.Tests.SharedGolden

open System
open System.IO
open Expecto
open DreamTime.Diffusion

/// A model folder of the golden set that lies beside the repository; vocabularies stay there. Skips the test where it is absent.
let folder (model: string) =
    let rec search (directory: DirectoryInfo | null) =
        match directory with
        | null -> skiptest "the golden set (shared/golden beside the repository) is absent"
        | directory ->
            let candidate = Path.Combine(directory.FullName, "shared", "golden")

            if Directory.Exists candidate then
                ModelFolder.At(Path.Combine(candidate, model))
            else
                search directory.Parent

    search (DirectoryInfo AppContext.BaseDirectory)
