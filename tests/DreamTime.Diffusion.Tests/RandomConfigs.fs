/// Configurations drawn at random, small and odd: every key that a network's size or arithmetic depends on, each within what the reference allows.
module DreamTime.Diffusion.Tests.RandomConfigs

open System

/// Draws from a seed, so that a failure can be repeated.
type Dice(seed: int) =
    let random = Random seed

    member _.Between(lowest: int, highest: int) = random.Next(lowest, highest + 1)

    member _.Of(values: 'a list) : 'a = values[random.Next values.Length]

    member dice.List(count: int, draw: unit -> 'a) = List.init count (fun _ -> draw ())

    /// The key with its value, or nothing.
    member dice.Maybe(key: string, value: unit -> string) =
        if dice.Of [ true; false ] then [ key, value () ] else []

let private quoted (text: string) = $"\"{text}\""

let private list (values: string list) =
    let inner = String.Join(", ", values)
    $"[{inner}]"

let private ints (values: int list) = list (List.map string values)

let private json (keys: (string * string) list) =
    let lines = keys |> List.map (fun (key, value) -> $"\"{key}\": {value}")
    let body = String.Join(",\n  ", lines)
    $"{{ {body} }}"

let private activations = [ "silu"; "swish"; "gelu"; "mish" ]

/// One number for all levels, or a list of one for each.
let private perLevel (dice: Dice) levels (draw: unit -> int) =
    if dice.Of [ true; false ] then
        let one = draw ()
        List.replicate levels one, string one
    else
        let each = dice.List(levels, draw)
        each, ints each

/// Channels of a level: more than one a group, which would wipe out everything that is constant over the pixels, the timestep among it; and enough for two frequencies.
let private channelsOf (dice: Dice) groups =
    groups * dice.Between((if groups = 1 then 4 else 2), (if groups = 1 then 7 else 3))

/// A drawn U-Net, with what a test must know to call it and to judge its parts.
type UNet = {
    Json: string
    InChannels: int
    OutChannels: int
    TextWidth: int
    Layers: int list
    /// Height and width are multiples of this.
    Factor: int
}

/// What U-Nets of all families draw alike.
let private commonKeys (dice: Dice) = [
    yield! dice.Maybe("act_fn", (fun () -> quoted (dice.Of activations)))
    yield! dice.Maybe("norm_eps", (fun () -> dice.Of [ "1e-5"; "1e-6"; "0.01" ]))
    yield! dice.Maybe("flip_sin_to_cos", (fun () -> dice.Of [ "true"; "false" ]))
    yield! dice.Maybe("freq_shift", (fun () -> dice.Of [ "0"; "1" ]))
    yield! dice.Maybe("center_input_sample", (fun () -> dice.Of [ "true"; "false" ]))
    yield! dice.Maybe("conv_in_kernel", (fun () -> string (dice.Of [ 1; 3; 5 ])))
    yield! dice.Maybe("conv_out_kernel", (fun () -> string (dice.Of [ 1; 3; 5 ])))
    yield! dice.Maybe("resnet_time_scale_shift", (fun () -> quoted (dice.Of [ "default"; "scale_shift" ])))
    yield! dice.Maybe("mid_block_scale_factor", (fun () -> dice.Of [ "1"; "1.4142" ]))
    yield! dice.Maybe("time_embedding_dim", (fun () -> string (2 * dice.Between(3, 12))))
    yield! dice.Maybe("time_embedding_type", (fun () -> quoted (dice.Of [ "positional"; "fourier" ])))
    yield! dice.Maybe("timestep_post_act", (fun () -> quoted (dice.Of activations)))
    yield! dice.Maybe("time_embedding_act_fn", (fun () -> quoted (dice.Of activations)))
]

/// The families of Stable Diffusion 1 and 2 and of Zero-1-to-3: spatial transformers, convolutions that halve any size.
let stableDiffusion (dice: Dice) =
    let levels = dice.Between(1, 4)
    // Many groups ask for many channels; on few levels, for the suite's speed.
    let groups = dice.Of(if levels > 2 then [ 1; 2; 4; 8 ] else [ 1; 2; 4; 8; 32 ])
    let channels = dice.List(levels, (fun () -> channelsOf dice groups))
    let _, heads = perLevel dice levels (fun () -> dice.Between(1, List.min channels))
    let layers, layersJson = perLevel dice levels (fun () -> dice.Between(1, 3))
    let _, depths = perLevel dice levels (fun () -> dice.Between(1, 2))
    let inChannels, outChannels = dice.Between(1, 8), dice.Between(1, 8)
    let width = dice.Between(1, 40)

    let keys = [
        "in_channels", string inChannels
        "out_channels", string outChannels
        "block_out_channels", ints channels
        "norm_num_groups", string groups
        "layers_per_block", layersJson
        "attention_head_dim", heads
        "cross_attention_dim", dice.Of [ string width; ints (List.replicate levels width) ]
        "down_block_types",
        list (dice.List(levels, (fun () -> quoted (dice.Of [ "CrossAttnDownBlock2D"; "DownBlock2D" ]))))
        "up_block_types", list (dice.List(levels, (fun () -> quoted (dice.Of [ "CrossAttnUpBlock2D"; "UpBlock2D" ]))))
        yield! dice.Maybe("mid_block_type", (fun () -> dice.Of [ "null"; "\"UNetMidBlock2DCrossAttn\"" ]))
        yield! dice.Maybe("transformer_layers_per_block", (fun () -> depths))
        yield! dice.Maybe("use_linear_projection", (fun () -> dice.Of [ "true"; "false" ]))
        yield!
            dice.Maybe(
                "only_cross_attention",
                (fun () -> dice.Of [ "true"; list (dice.List(levels, (fun () -> dice.Of [ "true"; "false" ]))) ])
            )
        yield! commonKeys dice
    ]

    {
        Json = json keys
        InChannels = inChannels
        OutChannels = outChannels
        TextWidth = width
        Layers = layers
        Factor = 1
    }

/// DeepFloyd-IF: attention to pixels and text at once, means that halve, pooled text.
let deepFloyd (dice: Dice) =
    let levels = dice.Between(1, 3)
    let groups = dice.Of [ 1; 2; 4; 8 ]
    let channels = dice.List(levels, (fun () -> channelsOf dice groups))
    let _, widths = perLevel dice levels (fun () -> dice.Between(1, List.min channels))
    let layers, layersJson = perLevel dice levels (fun () -> dice.Between(1, 3))
    let inChannels, outChannels = dice.Between(1, 6), dice.Between(1, 6)
    let pooling = dice.Between(1, 4)
    let text = pooling * dice.Between(1, 6)
    let down = [ "SimpleCrossAttnDownBlock2D"; "ResnetDownsampleBlock2D" ]
    let up = [ "SimpleCrossAttnUpBlock2D"; "ResnetUpsampleBlock2D" ]

    let keys = [
        "in_channels", string inChannels
        "out_channels", string outChannels
        "block_out_channels", ints channels
        "norm_num_groups", string groups
        "layers_per_block", layersJson
        "attention_head_dim", widths
        "cross_attention_dim", "32"
        "encoder_hid_dim", string text
        "down_block_types", list (dice.List(levels, (fun () -> quoted (dice.Of down))))
        "mid_block_type", dice.Of [ "null"; "\"UNetMidBlock2DSimpleCrossAttn\"" ]
        "up_block_types", list (dice.List(levels, (fun () -> quoted (dice.Of up))))
        yield! dice.Maybe("addition_embed_type", (fun () -> "\"text\""))
        "addition_embed_type_num_heads", string pooling
        yield! dice.Maybe("cross_attention_norm", (fun () -> "\"group_norm\""))
        yield! dice.Maybe("only_cross_attention", (fun () -> dice.Of [ "true"; "false" ]))
        yield! dice.Maybe("mid_block_only_cross_attention", (fun () -> dice.Of [ "true"; "false" ]))
        yield! dice.Maybe("resnet_skip_time_act", (fun () -> dice.Of [ "true"; "false" ]))
        yield! dice.Maybe("resnet_out_scale_factor", (fun () -> dice.Of [ "1"; "1.4142" ]))
        yield! commonKeys dice
    ]

    {
        Json = json keys
        InChannels = inChannels
        OutChannels = outChannels
        TextWidth = text
        Layers = layers
        Factor = pown 2 (levels - 1)
    }

/// The U-Net's own keys without those of the way up, and the controlling image's: its channels, and by how much it is larger than the latents.
let controlNet (dice: Dice) =
    let levels = dice.Between(1, 3)
    let groups = dice.Of [ 1; 2; 4; 8 ]
    let channels = dice.List(levels, (fun () -> channelsOf dice groups))
    let _, heads = perLevel dice levels (fun () -> dice.Between(1, List.min channels))
    let layers = dice.Between(1, 3)
    let colours, halvings = dice.Between(1, 4), dice.Between(0, 3)
    let inChannels, width = dice.Between(1, 6), dice.Between(1, 40)

    let keys = [
        "in_channels", string inChannels
        "block_out_channels", ints channels
        "norm_num_groups", string groups
        "layers_per_block", string layers
        "attention_head_dim", heads
        "cross_attention_dim", string width
        "down_block_types",
        list (dice.List(levels, (fun () -> quoted (dice.Of [ "CrossAttnDownBlock2D"; "DownBlock2D" ]))))
        "conditioning_channels", string colours
        "conditioning_embedding_out_channels", ints (dice.List(halvings + 1, (fun () -> dice.Between(1, 5))))
        yield! dice.Maybe("controlnet_conditioning_channel_order", (fun () -> dice.Of [ "\"rgb\""; "\"bgr\"" ]))
        yield! dice.Maybe("use_linear_projection", (fun () -> dice.Of [ "true"; "false" ]))
        yield! dice.Maybe("act_fn", (fun () -> quoted (dice.Of activations)))
    ]

    json keys, inChannels, width, colours, pown 2 halvings, levels * layers + levels

/// An autoencoder: its channels of image and latent, and its factor.
let autoencoder (dice: Dice) =
    let levels = dice.Between(1, 4)
    let groups = dice.Of [ 1; 2; 4; 8; 32 ]
    let channels = dice.List(levels, (fun () -> groups * dice.Between(1, 3)))
    let colours, latents = dice.Between(1, 4), dice.Between(1, 6)

    let keys = [
        "in_channels", string colours
        "out_channels", string colours
        "latent_channels", string latents
        "block_out_channels", ints channels
        "norm_num_groups", string groups
        "down_block_types", list (List.replicate levels (quoted "DownEncoderBlock2D"))
        "up_block_types", list (List.replicate levels (quoted "UpDecoderBlock2D"))
        yield! dice.Maybe("layers_per_block", (fun () -> string (dice.Between(1, 3))))
        yield! dice.Maybe("act_fn", (fun () -> quoted (dice.Of activations)))
        yield! dice.Maybe("scaling_factor", (fun () -> "0.5"))
    ]

    json keys, colours, latents, pown 2 (levels - 1)

/// What both of CLIP's encoders draw, and the width.
let private transformer (dice: Dice) =
    let heads = dice.Between(1, 4)
    let width = heads * dice.Between(1, 6)

    width,
    [
        "hidden_size", string width
        "num_attention_heads", string heads
        "intermediate_size", string (dice.Between(1, 30))
        "num_hidden_layers", string (dice.Between(1, 4))
        yield! dice.Maybe("hidden_act", (fun () -> dice.Of [ "\"quick_gelu\""; "\"gelu\"" ]))
        yield! dice.Maybe("layer_norm_eps", (fun () -> dice.Of [ "1e-5"; "1e-6" ]))
    ]

/// A text encoder: its vocabulary, the longest text, its width.
let clipText (dice: Dice) =
    let width, keys = transformer dice
    let words, places = dice.Between(2, 60), dice.Between(1, 77)
    json ([ "vocab_size", string words; "max_position_embeddings", string places ] @ keys), words, places, width

/// An image encoder: its channels, the side of its images, the width of its embeddings.
let clipVision (dice: Dice) =
    let _, keys = transformer dice
    let patch = dice.Between(1, 7)
    let side = patch * dice.Between(1, 4) + dice.Between(0, patch - 1)
    let channels, projection = dice.Between(1, 4), dice.Between(1, 30)

    json (
        [
            "image_size", string side
            "patch_size", string patch
            "num_channels", string channels
            "projection_dim", string projection
        ]
        @ keys
    ),
    channels,
    side,
    projection

/// T5's encoder: its vocabulary and its width.
let t5 (dice: Dice) =
    let words, width = dice.Between(2, 60), dice.Between(1, 30)
    let buckets = 4 * dice.Between(1, 8)

    let feedForward =
        dice.Of [ "relu"; "gelu"; "silu"; "gated-gelu"; "gated-silu"; "gated-relu" ]

    json [
        "vocab_size", string words
        "d_model", string width
        "d_kv", string (dice.Between(1, 9))
        "num_heads", string (dice.Between(1, 5))
        "d_ff", string (dice.Between(1, 30))
        "num_layers", string (dice.Between(1, 4))
        "relative_attention_num_buckets", string buckets
        "relative_attention_max_distance", string (buckets / 4 + dice.Between(1, 100))
        "feed_forward_proj", quoted feedForward
    ],
    words,
    width
