/// Where things run. This version has the CPU's renderers only; the prior goes where libtorch finds a device.
module DreamTime.Cli.Device

open DreamTime.Diffusion

/// Ends the command where the renderer's device is not there.
let demand (choice: DeviceChoice) =
    if choice = Cuda then
        Fault.world "--device cuda: this version has no renderer for CUDA; --device cpu renders on the CPU"

/// Where the prior computes.
let placement (choice: DeviceChoice) (half: bool) =
    let device =
        match choice with
        | Cpu -> PriorDevice.Cpu
        | Auto -> PriorDevice.Auto
        | Cuda -> PriorDevice.Cuda

    PriorPlacement(Device = device, HalfPrecision = half)

/// Says what `auto` came to.
let announce (terminal: Terminal) (choice: DeviceChoice) (prior: Prior) =
    if choice = Auto then
        terminal.Note $"device: cpu (this version has no renderer for CUDA), prior on {prior.Device}"
