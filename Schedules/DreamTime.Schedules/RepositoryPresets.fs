namespace DreamTime.Schedules

/// The methods as their authors' own repositories configure them.
module internal RepositoryPresets =

    let private row source name description text =
        PresetRow.create name "v1" $"{description} ({source})" text

    let private hifa = row "github.com/JunzheJosephZhu/HiFA"
    let private fantasia = row "github.com/Gorilla-Lab-SCUT/Fantasia3D"
    let private stableDreamFusion = row "github.com/ashawkey/stable-dreamfusion"
    let private dreamGaussian = row "github.com/dreamgaussian/dreamgaussian"
    let private dreamCraft = row "github.com/deepseek-ai/DreamCraft3D"
    let private consistent = row "github.com/sail-sg/Consistent3D"

    let rows = [
        hifa "hifa-linear" "HiFA, 'linear'" "line 980.5 300.5"
        hifa "hifa-random" "HiFA, 'random': one draw of 20 to 979 for a batch" "uniform 21 980"
        hifa "hifa-cosine" "HiFA, 'cosine'" "cosine 980.5 300.5"
        hifa "hifa-cubed" "HiFA, 'cubed': falls with the cube root, for IF" "power 980.5 300.5 0.3333333333333333"
        row
            "github.com/thu-ml/prolificdreamer"
            "prolificdreamer"
            "ProlificDreamer: narrowed after 5000 steps"
            "stages [(0, uniform 21 981), (step 5000, uniform 21 501)]"
        fantasia "fantasia3d-official" "Fantasia3D's default range" "uniform 21 501"
        fantasia
            "fantasia3d-bunny"
            "Fantasia3D's bunny: 40 % to 60 % in the coarse phase of 1500 steps, then the default"
            "stages [(0, uniform 401 601), (step 1500, uniform 21 501)]"
        fantasia
            "fantasia3d-appearance"
            "Fantasia3D's appearance, strategy 0: the whole range in the coarse phase of 300 steps, then the lower half"
            "stages [(0, uniform 21 981), (step 300, uniform 21 501)]"
        stableDreamFusion "stable-dreamfusion" "From a text" "uniform 21 981"
        stableDreamFusion "stable-dreamfusion-dmtet" "From a text, the mesh stage" "uniform 21 501"
        stableDreamFusion "stable-dreamfusion-image" "From an image and a text" "uniform 201 601"
        stableDreamFusion "stable-dreamfusion-image-dmtet" "From an image and a text, the mesh stage" "uniform 201 501"
        row "github.com/eladrich/latent-nerf" "latent-nerf" "Latent-NeRF" "uniform 21 981"
        row "github.com/nerfstudio-project/nerfstudio" "nerfstudio" "Generfacto" "uniform 21 981"
        row "github.com/songrise/AvatarCraft" "avatarcraft" "AvatarCraft" "uniform 21 981"
        row "github.com/IDEA-Research/DreamWaltz" "dreamwaltz" "DreamWaltz's default" "uniform 21 981"
        row
            "github.com/pals-ttic/sjc"
            "sjc"
            "Score Jacobian Chaining: us[30:-10] of the levels from the noisiest down, indices 10 to 969"
            "uniform 11 970"
        dreamGaussian
            "dreamgaussian"
            "DreamGaussian: a line over the whole range, limited to 2 % to 98 %; of two as near it takes the even index"
            "points [(0.02, 981), (0.98, 21)]"
        dreamGaussian
            "dreamgaussian-refine"
            "DreamGaussian, second stage: where DDIM of 50 steps begins, at 80 % to 95 % of them"
            "shift 2 (quantise 50 (line 189.499 39.499))"
        row "arXiv 2405.15891" "sdi" "Score distillation via inversion: 98 % to 25 %" "line 980.5 250.5"
        row
            "github.com/EnVision-Research/LucidDreamer"
            "luciddreamer"
            "Interval score matching: t below 500 + 480 w and s = t - 80 - 20 w, w falling to 0 in 1500 steps"
            "pair (between (at 21) (points [(step 0, 979.5), (step 1500, 499.5)])) (points [(step 0, -100.5), (step 1500, -80.5)])"
        consistent
            "consistent3d-coarse"
            "Consistent3D, coarse: 700 to 100 by the square root, and 100 to 299 more, at most 980"
            "perSample (clamp 101 981 (pair (power 700.5 100.5 0.5) (uniform 100 299)))"
        consistent
            "consistent3d-refine"
            "Consistent3D, refine: 300 to 20 by the square root, and 100 to 199 more, at most 500"
            "perSample (clamp 21 501 (pair (power 300.5 20.5 0.5) (uniform 100 199)))"
        row
            "github.com/theEricMa/ScaleDreamer"
            "asd"
            "Asynchronous score distillation: a range that falls over 25000 steps, and a second t up to a tenth further from its lower end"
            "perSample (ahead 0.1 (points [(step 1, 500.5), (step 25001, 20.5)]) (between (points [(step 1, 500.5), (step 25001, 20.5)]) (points [(step 1, 980.5), (step 25001, 500.5)])))"
        row
            "github.com/CVMI-Lab/Classifier-Score-Distillation"
            "csd"
            "Classifier score distillation: [5000, 0.98, 0.5, 5001]"
            "perSample (stages [(0, uniform 21 981), (step 5001, uniform 21 501)])"
        row
            "github.com/yangxiaofeng/rectified_flow_prior"
            "rfds"
            "Rectified flow distillation: [5000, 0.98, 0.7, 5001]"
            "perSample (stages [(0, uniform 21 981), (step 5001, uniform 21 701)])"
        dreamCraft
            "dreamcraft3d-coarse-nerf"
            "DreamCraft3D, NeRF: from [0, 0.7, 0.2, 200] to [0, 0.85, 0.5, 200], both guides"
            "perSample (between (points [(step 1, 700.5), (step 201, 200.5)]) (points [(step 1, 850.5), (step 201, 500.5)]))"
        dreamCraft "dreamcraft3d-coarse-neus" "DreamCraft3D, NeuS, both guides" "perSample (uniform 201 501)"
        dreamCraft "dreamcraft3d-geometry" "DreamCraft3D, geometry, the text's guide" "perSample (uniform 21 501)"
        dreamCraft
            "dreamcraft3d-geometry-zero123"
            "DreamCraft3D, geometry, the image's guide"
            "perSample (uniform 201 501)"
        dreamCraft
            "dreamcraft3d-texture"
            "DreamCraft3D, texture: from 0.05 to [0, 0.5, 0.2, 5000]"
            "perSample (between (at 51) (points [(step 1, 500.5), (step 5001, 200.5)]))"
    ]
