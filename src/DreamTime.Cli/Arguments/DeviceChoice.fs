namespace DreamTime.Cli

type DeviceChoice =
    | Cpu
    | Auto
    | Cuda
