/// Where the renderer runs. This version has the CPU's renderers only.
module DreamTime.Cli.Device

/// Says what `auto` came to, and refuses what is not there.
let choose (terminal: Terminal) =
    function
    | Cpu -> ()
    | Auto -> terminal.Note "device: cpu (this version has no renderer for CUDA)"
    | Cuda -> Fault.world "--device cuda: this version has no renderer for CUDA; --device cpu renders on the CPU"
