namespace DreamTime.Cli

open Argu

type TrainArguments =
    | [<Mandatory; Unique>] Out of dir: string
    | [<Unique>] Minutes of m: string
    | [<Unique>] Steps of n: string
    | [<Unique>] Resume
    | [<Unique>] From of dir: string
    | [<Unique>] Seed of s: string
    | [<Unique>] Batch of n: string
    | [<Unique>] Replicas of n: string
    | [<Unique>] Learning_Rate of r: string
    | [<Unique>] Device of DeviceChoice

    interface IArgParserTemplate with
        member this.Usage =
            match this with
            | Out _ -> "where the prior, its samples, its log and its checkpoint go."
            | Minutes _ -> "train for so many minutes in all, earlier parts of a resumed run included."
            | Steps _ -> "train for so many steps in all; with --minutes, whichever is reached first."
            | Resume -> "go on from the checkpoint in --out, as if the run had not been broken."
            | From _ -> "begin with the weights of this prior, a fresh optimiser and a warm-up."
            | Seed _ -> "names the data, the noise and the initial weights, 0 or more (1)."
            | Batch _ -> "images a step, a multiple of the replicas (32; 256 on a GPU)."
            | Replicas _ -> "copies of the network that share a batch, a thread each (2; 1 on a GPU)."
            | Learning_Rate _ -> "learning rate between warm-up and decay, above 0 to 1 (0.001)."
            | Device _ -> "where it trains; auto takes what is there (auto)."

type InspectArguments =
    | [<MainCommand; Unique>] Prior of dir: string
    | [<Unique>] Every_Tensor
    | [<Unique>] Out of dir: string
    | [<Unique>] Guidance_Scale of s: string
    | [<Unique>] Seed of s: string

    interface IArgParserTemplate with
        member this.Usage =
            match this with
            | Prior _ -> "the prior's folder (the embedded one)."
            | Every_Tensor -> "hold every tensor against the model, as loading does, and list all that do not fit."
            | Out _ -> "also draw every object and colour this project knows, into this folder."
            | Guidance_Scale _ -> "classifier-free guidance, 0 to 1000 (4)."
            | Seed _ -> "seed of the first picture, 0 or more (1)."

type PriorArguments =
    | [<CliPrefix(CliPrefix.None)>] Train of ParseResults<TrainArguments>
    | [<CliPrefix(CliPrefix.None)>] Inspect of ParseResults<InspectArguments>

    interface IArgParserTemplate with
        member this.Usage =
            match this with
            | Train _ -> "train a small text-to-image prior on rendered, captioned objects."
            | Inspect _ ->
                "say what a prior's folder holds, what is missing and how much memory it takes; with --out, draw."
