namespace DreamTime.Cli

open Argu
open DreamTime
open DreamTime.Renderers

/// The losses that `--regularizer` knows.
module RegularizerArgument =
    let names = System.String.Join(", ", RegularizerSchedule.AllNames)

type GenerateArguments =
    | [<MainCommand; Mandatory; Unique>] Prompt of prompt: string
    | [<Unique>] Out of dir: string
    | [<Unique>] Schedule of text: string
    | [<Unique>] Representation of Representation
    | [<Unique>] Quality of Quality
    | [<Unique>] Init of ``file|sphere:r|ellipsoid:x,y,z``: string
    | [<Unique>] Init_Size of metres: string
    | [<Unique>] Shading of ShadingMode
    | [<Unique>] Environment of ``studio|overcast|file``: string
    | [<Unique>] Background of BackgroundKind
    | Regularizer of ``name=weight``: string
    | [<Unique>] Steps of n: string
    | [<Unique>] Views of n: string
    | [<Unique>] Guidance_Scale of s: string
    | [<Unique>] Format of AssetFormat
    | [<Unique>] Texture of ``n|none``: string
    | [<Unique>] Triangles of ``n|all``: string
    | [<Unique>] Seed of s: string
    | [<Unique>] Prior of ``embedded|dir``: string
    | [<Unique>] Device of DeviceChoice
    | [<Unique>] Half
    | [<Unique>] Overwrite

    interface IArgParserTemplate with
        member this.Usage =
            match this with
            | Prompt _ -> "what to make, for example \"a red mushroom\"."
            | Out _ -> "the run's folder (out/ and the prompt's words)."
            | Schedule _ ->
                "timestep schedule: a preset's name or an expression, for example sds or \"snr * gaussian 500 125\" (what suits the prior, else dreamtime)."
            | Representation _ ->
                "what is optimised: nerf, neus, dmtet (a NeRF, refined as a surface) and splats make a 3D model, image is the paper's 2D experiment (nerf)."
            | Quality _ -> "how much work: sets steps, views and resolution (normal)."
            | Init _ ->
                "what it starts as: a mesh (.obj, .glb, .ply, .stl, or a body model's .npz; splats take its colours), or radii in metres (a blob)."
            | Init_Size _ ->
                "the longest side of the mesh that it starts as, in metres, 0.1 to 2 (what fills a ball of 0.9 m)."
            | Shading _ ->
                "the light on the object while it learns; mixed and soft draw it for each step (albedo, which is none)."
            | Environment _ ->
                "the light around a dmtet, which learns metal, roughness and a bump in it: a name, or an equirectangular picture's file (none: colours as they are)."
            | Background _ -> "what stands behind the object while it learns (random: plain colours)."
            | Regularizer _ ->
                $"a loss beside the guidance and its weight, a number or a schedule of numbers, for example orientation=0.1 or \"distortion=line 0 0.1\"; may be repeated. Losses: %s{RegularizerArgument.names}."
            | Steps _ -> "optimisation steps, 1 to 1,000,000 (set by the quality)."
            | Views _ -> "views rendered a step, 1 to 64 (set by the quality)."
            | Guidance_Scale _ ->
                "classifier-free guidance: uncond + s (text - uncond), 0 to 1000 (100 with Stable Diffusion, 20 with DeepFloyd-IF, 7.5 with the embedded prior)."
            | Format _ -> "the model's file format (glb)."
            | Texture _ -> "the texture's width in texels, 16 to 16,384, or none for colours at the vertices (1024)."
            | Triangles _ -> "the most triangles of the model, from 4 (20,000)."
            | Seed _ -> "seed of everything random, 0 or more (0)."
            | Prior _ -> "the diffusion model: embedded, or a folder in diffusers' layout (embedded)."
            | Device _ -> "where renderer and prior run; auto takes what is there (auto)."
            | Half -> "the prior computes in half precision; for a GPU."
            | Overwrite -> "replace the run that the folder holds."
