module DreamTime.Diffusion.Tests.ConfigTests

open System
open Expecto
open DreamTime.Diffusion

let private expectMessage (parts: string list) (error: exn) =
    for part in parts do
        Expect.stringContains error.Message part "the message names key and value"

let private unsupported name json parts parse =
    test $"{name} refuses {json}" {
        let parse () = parse json |> ignore

        Expect.throwsC parse (fun error ->
            Expect.isTrue (error :? NotSupportedException) (error.GetType().Name)
            expectMessage parts error)
    }

let private wrong name json parts parse =
    test $"{name} finds {json} wrong" {
        let parse () = parse json |> ignore

        Expect.throwsC parse (fun error ->
            Expect.isTrue (error :? ArgumentException) (error.GetType().Name)
            expectMessage parts error)
    }

let private unet (json: string) = UNet2DConditionConfig.Parse json |> box
let private text (json: string) = CLIPTextConfig.Parse json |> box

let tests =
    testList "Configurations" [
        unsupported "unet" """{"dual_cross_attention": true}""" [ "dual_cross_attention = true" ] unet
        unsupported "unet" """{"class_embed_type": "names"}""" [ "class_embed_type = \"names\"" ] unet
        unsupported "unet" """{"addition_embed_type": "text_time"}""" [ "addition_embed_type = \"text_time\"" ] unet
        unsupported
            "unet"
            """{"act_fn": "tanh", "time_cond_proj_dim": 32}"""
            [ "act_fn = \"tanh\""; "time_cond_proj_dim = 32" ]
            unet
        wrong "unet" """{"class_embed_type": "projection"}""" [ "projection_class_embeddings_input_dim" ] unet
        wrong
            "unet"
            """{"class_embeddings_concat": true, "addition_embed_type": "text"}"""
            [ "class_embeddings_concat = true" ]
            unet
        wrong "unet" """{"mid_block_scale_factor": 0}""" [ "mid_block_scale_factor = 0" ] unet
        wrong "unet" """{"cross_attention_dim": [768, 768, 768, 1024]}""" [ "cross_attention_dim"; "1024" ] unet
        wrong "unet" """{"addition_embed_type": "text", "addition_embed_type_num_heads": 7}""" [ "= 7"; "1280" ] unet
        wrong
            "unet"
            """{"mid_block_type": "UNetMidBlock2DSimpleCrossAttn", "cross_attention_norm": "group_norm", "cross_attention_dim": 40}"""
            [ "cross_attention_dim = 40"; "32" ]
            unet
        wrong
            "unet"
            """{"mid_block_type": "UNetMidBlock2DSimpleCrossAttn", "cross_attention_norm": "layer_norm", "cross_attention_dim": 768}"""
            [ "cross_attention_norm = \"layer_norm\""; "768" ]
            unet
        wrong "unet" """{"block_out_channels": "many"}""" [ "block_out_channels = \"many\"" ] unet
        wrong "unet" """{"down_block_types": ["DownBlock2D"]}""" [ "down_block_types = [\"DownBlock2D\"]" ] unet
        wrong "unet" """{"attention_head_dim": 321}""" [ "attention_head_dim = 321" ] unet
        wrong "unet" """{"attention_head_dim": [5, 10]}""" [ "attention_head_dim = [5, 10]" ] unet
        wrong "unet" """{"norm_num_groups": 48}""" [ "block_out_channels"; "48" ] unet
        unsupported "text encoder" """{"hidden_act": "gelu_new"}""" [ "hidden_act = \"gelu_new\"" ] text
        wrong "text encoder" """{"hidden_size": 30, "num_attention_heads": 4}""" [ "num_attention_heads = 4" ] text
        wrong "text encoder" """{"vocab_size": 0}""" [ "vocab_size = 0" ] text

        test "a single number stands for every resolution" {
            let config =
                UNet2DConditionConfig.Parse """{"layers_per_block": 3, "an_unknown_key": null}"""

            Expect.sequenceEqual config.LayersPerBlock [ 3; 3; 3; 3 ] "layers_per_block"
        }
    ]
