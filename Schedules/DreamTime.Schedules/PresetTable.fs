namespace DreamTime.Schedules

/// What methods do with `t`, written in the language: name, version, where it is from, text.
/// The numbers are the paper's `t`, one more than the index that the implementations write.
module internal PresetTable =

    let rows: (string * string * string * string) list = [
        "sds", "v1", "DreamFusion: uniform over 2 % to 98 %", "uniform 21 981"
        "linear", "v1", "DreamTime's ablation: W = 1/T", "constant 1"
        "truncated-linear", "v1", "DreamTime's ablation: linear, not below 200", "clamp 200 1000 (constant 1)"
        "wp-only", "v2", "DreamTime's ablation: the prior weight alone", "gaussian 500 125"
        "wd-only", "v2", "DreamTime's ablation: the diffusion weight alone", "snr"
        "dreamtime", "v2", "DreamTime (ICLR 2024), eq. 8", "snr * gaussian 500 125"
        "dreamtime-v1", "v1", "DreamTime (arXiv, June 2023): a plateau, no Wd", "plateau 800 500 300 100"
        "hifa", "v1", "HiFA: falls with the square root of progress", "power 981 301 0.5"
        "prolificdreamer",
        "v1",
        "ProlificDreamer: uniform, narrowed after 5000 of 25000 steps",
        "stages [(0, uniform 21 981), (0.2, uniform 21 501)]"
        "magic3d-coarse", "v1", "Magic3D, first stage", "uniform 21 981"
        "magic3d-refine", "v1", "Magic3D, second stage", "uniform 21 501"
        "fantasia3d", "v1", "Fantasia3D in threestudio", "uniform 21 501"
        "textmesh", "v1", "TextMesh", "uniform 21 981"
        "latent-nerf", "v1", "Latent-NeRF", "uniform 21 981"
        "magic123", "v1", "Magic123, both guides", "uniform 201 601"
        "sjc", "v1", "Score Jacobian Chaining in threestudio", "uniform 11 971"
        "sdi", "v1", "Score distillation via inversion", "line 981 251"
        "dreamgaussian",
        "v1",
        "DreamGaussian: a line over the whole range, limited to 2 % to 98 %",
        "points [(0.02, 981), (0.98, 21)]"
    ]

    let names = rows |> List.map (fun (name, _, _, _) -> name)

    let tryText word =
        rows |> List.tryPick (fun (name, _, _, text) -> if name = word then Some text else None)
