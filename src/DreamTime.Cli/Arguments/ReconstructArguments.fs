namespace DreamTime.Cli

open Argu
open DreamTime.Renderers

type ReconstructArguments =
    | [<MainCommand; Mandatory; Unique>] Dataset of dir: string
    | [<Unique>] Out of dir: string
    | [<Unique>] Representation of ``nerf|neus|dmtet|splats``: string
    | [<Unique>] Unbounded
    | [<Unique>] Seconds of n: string
    | [<Unique>] Format of AssetFormat
    | [<Unique>] Texture of ``n|none``: string
    | [<Unique>] Triangles of ``n|all``: string
    | [<Unique>] Seed of s: string
    | [<Unique>] Device of DeviceChoice

    interface IArgParserTemplate with
        member this.Usage =
            match this with
            | Dataset _ -> "a folder with transforms.json as nerfstudio writes it, and its images."
            | Out _ -> "the folder of the results (out/ and the dataset's name)."
            | Representation _ ->
                "what is fitted to the images: nerf, neus, dmtet (a NeRF, refined as a surface) or splats (nerf)."
            | Unbounded ->
                "the images show surroundings, too: a NeRF of all space, of which the asset is what lies among the cameras."
            | Seconds _ -> "time for everything, 1 to 86,400 (300)."
            | Format _ -> "the model's file format (glb)."
            | Texture _ -> "the texture's width in texels, 16 to 16,384, or none for colours at the vertices (1024)."
            | Triangles _ -> "the most triangles of the model, from 4 (20,000)."
            | Seed _ -> "seed of everything random, 0 or more (0)."
            | Device _ -> "where it is rendered; auto takes what is there (auto)."
