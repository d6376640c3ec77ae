namespace DreamTime.Schedules

/// DreamTime's own schedules, and those of its ports, whose conventions differ.
module internal DreamTimePresets =

    let private row = PresetRow.create

    let rows = [
        row
            "sds"
            "v1"
            "DreamFusion: uniform over 2 % to 98 %; the baseline of DreamTime's ablation (Poole et al. 2022)"
            "uniform 21 981"
        row "linear" "v1" "DreamTime's ablation: W = 1/T (arXiv 2306.12422v2)" "constant 1"
        row
            "truncated-linear"
            "v1"
            "DreamTime's ablation: linear, not below 200 (arXiv 2306.12422v2)"
            "clamp 200 1000 (constant 1)"
        row "wp-only" "v2" "DreamTime's ablation: the prior weight alone (arXiv 2306.12422v2)" "gaussian 500 125"
        row "wd-only" "v2" "DreamTime's ablation: the diffusion weight alone (arXiv 2306.12422v2)" "snr"
        row "dreamtime" "v2" "DreamTime (ICLR 2024), eq. 8 (arXiv 2306.12422v2)" "snr * gaussian 500 125"
        row "dreamtime-v1" "v1" "DreamTime (arXiv, June 2023): a plateau, no Wd" "plateau 800 500 300 100"
        row
            "dreamwaltz-annealed"
            "v1"
            "DreamWaltz's 'annealed' sampling: even weights in 2 % to 98 %, inverted upwards, an index too high (github.com/IDEA-Research/DreamWaltz)"
            "clamp 21 981 (shift 1 (ceiling (window 21 981)))"
        row
            "dreamwaltz-g"
            "v2"
            "DreamWaltz-G's 'dreamtime' with m = 500, s = 125 counted from 0, cut to 2 % to 98 % and inverted upwards (github.com/Yukun-Huang/DreamWaltz-G)"
            "ceiling (truncate 21 981 (snr * gaussian 501 125))"
        row
            "dreamwaltz-g-v1"
            "v1"
            "DreamWaltz-G's 'normal' with its documented 800, 300, 500, 100 counted from 0 (github.com/Yukun-Huang/DreamWaltz-G)"
            "ceiling (truncate 21 981 (plateau 801 501 300 100))"
        row
            "dreamwaltz-g-linear"
            "v1"
            "DreamWaltz-G's 'linear' annealing over 2 % to 98 % (github.com/Yukun-Huang/DreamWaltz-G)"
            "line 980.5 20.5"
        row
            "dreamwaltz-g-hifa"
            "v1"
            "DreamWaltz-G's 'hifa' annealing over 2 % to 98 % (github.com/Yukun-Huang/DreamWaltz-G)"
            "power 980.5 20.5 0.5"
        row
            "dreamcraft3d-time-prior"
            "v1"
            "DreamCraft3D's time_prior [800, 500, 300, 100]: the first version's nearest t used as an index, then limited (github.com/deepseek-ai/DreamCraft3D)"
            "clamp 21 982 (shift 1 (plateau 800 500 300 100))"
    ]
