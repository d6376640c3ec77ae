/// What a prior's folder holds, as lines of text.
module DreamTime.Cli.InventoryText

open System
open DreamTime.Diffusion

let private size (bytes: int64) =
    if bytes = 0L then ""
    elif bytes < 1_000_000L then $"{float bytes / 1e3:F0} kB"
    elif bytes < 1_000_000_000L then $"{float bytes / 1e6:F1} MB"
    else $"{float bytes / 1e9:F2} GB"

let private count (parameters: int64) =
    if parameters = 0L then ""
    elif parameters < 1_000_000L then $"{float parameters / 1e3:F1} k"
    else $"{float parameters / 1e6:F1} M"

let private row (part: PriorPart) =
    let kind = Option.ofObj part.Class |> Option.defaultValue "not there"
    let stored = String.Join(" ", part.Stored)
    let numbers = $"{count part.Parameters, 9}  {stored, -4}  {size part.FileBytes, 9}"
    $"{part.Name, -18}  {kind, -29}  {numbers}  {part.Description}".TrimEnd()

/// A line for the whole, one for each part, what it takes, and each problem.
let lines (inventory: PriorInventory) = [
    match Option.ofObj inventory.Pipeline with
    | Some pipeline -> $"{inventory.Name}: {inventory.Does} ({pipeline})"
    | None -> $"{inventory.Name}: {inventory.Does}"
    for part in inventory.Parts do
        Fault.oneLine (row part)
    $"memory: {size inventory.MemoryBytes} for the weights, as float32; what a step computes comes on top"
    for problem in inventory.Problems do
        Fault.oneLine $"problem: {problem}"
]
