namespace DreamTime.Schedules

/// The methods as threestudio configures them. It counts steps from 0: its step s is step s + 1 here.
module internal ThreestudioPresets =

    let private row name description text =
        PresetRow.create name "v1" $"{description} (threestudio)" text

    let rows = [
        row "sds-threestudio" "SDS: a draw for each sample, 20 to 980" "perSample (uniform 21 981)"
        row "hifa" "HiFA: falls with the square root of progress, 980 to 300" "power 980.5 300.5 0.5"
        row
            "prolificdreamer-threestudio"
            "ProlificDreamer: [5000, 0.98, 0.5, 5001]"
            "perSample (stages [(0, uniform 21 981), (step 5001, uniform 21 501)])"
        row
            "prolificdreamer-scene"
            "ProlificDreamer for scenes: [10000, 0.98, 0.5, 10001]"
            "perSample (stages [(0, uniform 21 981), (step 10001, uniform 21 501)])"
        row "magic3d-coarse" "Magic3D, first stage, 10000 steps" "uniform 21 981"
        row "magic3d-refine" "Magic3D, second stage, 5000 steps" "uniform 21 501"
        row
            "magic3d"
            "Magic3D, both stages in one run, the first of 10000 steps"
            "stages [(0, uniform 21 981), (step 10000, uniform 21 501)]"
        row "fantasia3d" "Fantasia3D, geometry" "uniform 21 501"
        row "fantasia3d-texture" "Fantasia3D, texture" "uniform 21 501"
        row "textmesh" "TextMesh" "uniform 21 981"
        row
            "zero123"
            "Zero-1-to-3: from [0, 0.4, 0.2, 200] to [0, 0.85, 0.5, 200]"
            "perSample (between (points [(step 1, 400.5), (step 201, 200.5)]) (points [(step 1, 850.5), (step 201, 500.5)]))"
        row "zero123-geometry" "Zero-1-to-3, geometry stage" "perSample (uniform 21 501)"
        row
            "stable-zero123"
            "Stable Zero123: from [50, 0.7, 0.3, 200] to [50, 0.98, 0.8, 200]"
            "perSample (between (points [(step 51, 700.5), (step 201, 300.5)]) (points [(step 51, 980.5), (step 201, 800.5)]))"
        row "magic123" "Magic123, both guides" "uniform 201 601"
        row "sjc-threestudio" "Score Jacobian Chaining, 10 to 970" "perSample (uniform 11 971)"
    ]
