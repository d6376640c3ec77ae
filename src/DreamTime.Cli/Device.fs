/// Where the renderer runs. This version has the CPU's renderers only.
module DreamTime.Cli.Device

/// Ends the command where the device is not there.
let demand (choice: DeviceChoice) =
    if choice = Cuda then
        Fault.world "--device cuda: this version has no renderer for CUDA; --device cpu renders on the CPU"

/// Says what `auto` came to.
let announce (terminal: Terminal) (choice: DeviceChoice) =
    if choice = Auto then
        terminal.Note "device: cpu (this version has no renderer for CUDA)"
