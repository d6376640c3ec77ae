/// Every preset against the formula of its source, written here from what is published. Sources count indices from 0.
module DreamTime.Schedules.Tests.PresetRules

open System
open Expecto
open DreamTime.Schedules

let private sd = NoiseSchedule.StableDiffusion

let private compile name =
    (SchedulePresets.Find name).Expression.Compile sd

/// Steps with every boundary of the presets, and both sides of it.
let private steps = [
    for boundary in [ 1; 50; 51; 100; 200; 201; 300; 750; 1500; 2500; 5000; 5001; 10000; 10001; 25000; 25001; 30000 ] do
        for i in [ boundary - 1; boundary; boundary + 1 ] do
            if i >= 1 && i <= 30000 then
                i
]

/// int(), of an exact value.
let private cut (value: decimal) = int (Math.Floor value)

/// threestudio's [start, first, last, end] at our step i, which it counts as i - 1.
let private scalar start first last finish i =
    let run = Math.Clamp(decimal (i - 1 - start), 0m, decimal (finish - start))
    first + (last - first) * run / decimal (finish - start)

let private percent value = cut (1000m * value)

let private always low high =
    fun (_: int) -> percent low, percent high

/// Least and greatest index at a step.
let private ranges: (string * (int -> int * int)) list = [
    "sds", always 0.02m 0.98m
    "sds-threestudio", always 0.02m 0.98m
    "hifa-random", (fun _ -> 20, 20 + 960 - 1)
    "prolificdreamer", (fun i -> if i <= 5000 then 20, 980 else 20, 500)
    "prolificdreamer-threestudio", (fun i -> percent 0.02m, percent (scalar 5000 0.98m 0.5m 5001 i))
    "prolificdreamer-scene", (fun i -> percent 0.02m, percent (scalar 10000 0.98m 0.5m 10001 i))
    "magic3d-coarse", always 0.02m 0.98m
    "magic3d-refine", always 0.02m 0.5m
    "magic3d", (fun i -> if i <= 10000 then 20, 980 else 20, 500)
    "fantasia3d", always 0.02m 0.5m
    "fantasia3d-texture", always 0.02m 0.5m
    "fantasia3d-official", always 0.02m 0.5m
    "fantasia3d-bunny", (fun i -> if i <= 1500 then 400, 600 else 20, 500)
    "fantasia3d-appearance", (fun i -> if i <= 300 then 20, 980 else 20, 500)
    "textmesh", always 0.02m 0.98m
    "zero123", (fun i -> percent (scalar 0 0.4m 0.2m 200 i), percent (scalar 0 0.85m 0.5m 200 i))
    "zero123-geometry", always 0.02m 0.5m
    "stable-zero123", (fun i -> percent (scalar 50 0.7m 0.3m 200 i), percent (scalar 50 0.98m 0.8m 200 i))
    "magic123", always 0.2m 0.6m
    "stable-dreamfusion", always 0.02m 0.98m
    "stable-dreamfusion-dmtet", always 0.02m 0.5m
    "stable-dreamfusion-image", always 0.2m 0.6m
    "stable-dreamfusion-image-dmtet", always 0.2m 0.5m
    "latent-nerf", always 0.02m 0.98m
    "nerfstudio", always 0.02m 0.98m
    "avatarcraft", always 0.02m 0.98m
    "dreamwaltz", always 0.02m 0.98m
    // us[30:-10] of 1000 levels, the noisiest first: positions 30..989 from above.
    "sjc", (fun _ -> 999 - 989, 999 - 30)
    "sjc-threestudio", always 0.01m 0.97m
    "csd", (fun i -> percent 0.02m, percent (scalar 5000 0.98m 0.5m 5001 i))
    "rfds", (fun i -> percent 0.02m, percent (scalar 5000 0.98m 0.7m 5001 i))
    "asd", (fun i -> percent (scalar 0 0.5m 0.02m 25000 i), percent (scalar 0 0.98m 0.5m 25000 i))
    "dreamcraft3d-coarse-nerf", (fun i -> percent (scalar 0 0.7m 0.2m 200 i), percent (scalar 0 0.85m 0.5m 200 i))
    "dreamcraft3d-coarse-neus", always 0.2m 0.5m
    "dreamcraft3d-geometry", always 0.02m 0.5m
    "dreamcraft3d-geometry-zero123", always 0.2m 0.5m
    "dreamcraft3d-texture", (fun i -> percent 0.05m, percent (scalar 0 0.5m 0.2m 5000 i))
    // randint(20, 500 + int(480 w)) leaves its upper end out.
    "luciddreamer", (fun i -> 20, 500 + cut (480m * decimal (max 0 (1500 - i)) / 1500m) - 1)
]

/// The index before int(), at u = i / N.
let private curves: (string * (float -> float)) list = [
    "hifa", (fun u -> 1000.0 * (0.98 - (0.98 - 0.3) * sqrt u))
    "hifa-linear", (fun u -> (980.0 - 300.0) * (1.0 - u) + 300.0)
    "hifa-cosine", (fun u -> (980.0 - 300.0) * (1.0 - (cos (Math.PI - Math.PI * u) / 2.0 + 0.5)) + 300.0)
    "hifa-cubed", (fun u -> (980.0 - 300.0) * (1.0 - Math.Cbrt u) + 300.0)
    "sdi", (fun u -> 1000.0 * (0.98 - (0.98 - 0.25) * u))
    "dreamwaltz-g-linear", (fun u -> 980.0 - (980.0 - 20.0) * u)
    "dreamwaltz-g-hifa", (fun u -> 980.0 - (980.0 - 20.0) * sqrt u)
    "consistent3d-coarse", (fun u -> 700.0 + (100.0 - 700.0) * sqrt u)
    "consistent3d-refine", (fun u -> 300.0 + (20.0 - 300.0) * sqrt u)
]

/// Cutting hangs on rounding where the value is nearly whole.
let private isSure (value: float) = abs (value - Math.Round value) > 1e-9

let private alphaBars = sd.AlphaBars
let private wd = alphaBars |> Array.map (fun a -> sqrt ((1.0 - a) / a))

/// A Gaussian flank on indices from 0.
let private flanks m1 s1 m2 s2 (k: float) =
    let flank m s =
        exp (-(k - m) * (k - m) / (2.0 * s * s))

    if k > m1 then flank m1 s1
    elif k < m2 then flank m2 s2
    else 1.0

/// DreamWaltz-G: weights of indices 20..980, normalised, summed from the top; the first sum that is not below u.
let private dreamWaltzG (weight: int -> float) =
    let weights = [| for k in 980..-1..20 -> weight k |]
    let total = Array.sum weights
    let sums = Array.scan (fun sum w -> sum + w / total) 0.0 weights |> Array.tail

    fun u ->
        let first =
            sums |> Array.tryFindIndex (fun sum -> sum >= u) |> Option.defaultValue sums.Length

        max (980 - first) 20, sums |> Array.forall (fun sum -> abs (sum - u) > 1e-9)

/// DreamWaltz: the same of even weights over all 1000, an index too high, limited.
let private dreamWaltz u =
    let sums =
        Array.scan (fun sum k -> sum + (if k >= 20 && k <= 980 then 1.0 / 961.0 else 0.0)) 0.0 [| 999..-1..0 |]
        |> Array.tail

    let first = sums |> Array.findIndex (fun sum -> sum >= u - 1e-12)
    Math.Clamp(1000 - first, 20, 980), sums |> Array.forall (fun sum -> abs (sum - u) > 1e-9 || u = 1.0)

/// DreamCraft3D: sums over t = 1000..1; the first above u or the one before, whichever is nearer, used as an index.
let private dreamCraft =
    let weights = [| for t in 1000..-1..1 -> flanks 800.0 300.0 500.0 100.0 (float t) |]
    let total = Array.sum weights
    let sums = Array.scan (fun sum w -> sum + w / total) 0.0 weights |> Array.tail

    fun u ->
        match sums |> Array.tryFindIndex (fun sum -> sum > u) with
        | None -> 20, false // it has no index there
        | Some k ->
            let isNearer = k = 0 || abs (sums[k] - u) < abs (sums[k - 1] - u)
            let margin = if k = 0 then 1.0 else abs (abs (sums[k] - u) - abs (sums[k - 1] - u))
            Math.Clamp((if isNearer then 1000 - k else 1000 - k + 1), 20, 981), margin > 1e-9

/// Index at u, and whether rounding leaves no doubt.
let private conventions: (string * (float -> int * bool)) list = [
    "dreamwaltz-annealed", dreamWaltz
    "dreamwaltz-g", dreamWaltzG (fun k -> wd[k] * flanks 500.0 125.0 500.0 125.0 (float k))
    "dreamwaltz-g-v1", dreamWaltzG (fun k -> flanks 800.0 300.0 500.0 100.0 (float k))
    "dreamcraft3d-time-prior", dreamCraft
    "dreamgaussian",
    (fun u ->
        let t = (1.0 - u) * 1000.0
        Math.Clamp(int (Math.Round t), 20, 980), abs (t - floor t - 0.5) > 1e-9)
    "dreamgaussian-refine",
    (fun u ->
        let start = 50.0 * (u * 0.15 + 0.8)
        // DDIM's 50 steps: 981, 961 … 1. The preset is exact but for 5e-5 of a step.
        let begun = if isSure start then floor start else Math.Round start
        (49 - int begun) * 20 + 1, abs (start - Math.Round start) > 1e-4 || u * 50.0 = Math.Round(u * 50.0))
]

/// DreamTime's own and samplers' are tested against golden tables.
let private elsewhere = [
    "linear"
    "truncated-linear"
    "wp-only"
    "wd-only"
    "dreamtime"
    "dreamtime-v1"
    "ays-sd15"
    "ays-sdxl"
    "ays-if"
    "ays-svd"
]

/// The least and the greatest timestep that a step can draw.
let rec private window term i n =
    let at end' =
        (ScheduleExpression end').Compile(sd).TimestepAt(i, n)

    match term with
    | ScheduleTerm.PerSample inner
    | ScheduleTerm.Pair(inner, _)
    | ScheduleTerm.Ahead(_, _, inner) -> window inner i n
    | ScheduleTerm.Between(low, high) -> at low, at high
    | term ->
        let low, high, isSure = Reference.timesteps sd term i n
        Expect.isTrue isSure $"{term}"
        low, high

let private runs = [ 1; 7; 50; 500; 1000; 3000; 10007 ]

let private someSteps n =
    [ 0; 1; 2; n / 7; n / 4; n / 3; n / 2; 3 * n / 4; n - 1; n ]
    |> List.distinct
    |> List.filter (fun i -> i >= 0 && i <= n)

let tests =
    testList "presets" [
        test "every preset is tested here or by golden tables, once, and names are words" {
            let tested =
                List.map fst ranges @ List.map fst curves @ List.map fst conventions @ elsewhere

            Expect.equal (List.sort tested) (SchedulePresets.Names |> Seq.sort |> Seq.toList) ""

            for preset in SchedulePresets.All do
                Expect.equal (ScheduleExpression.Parse preset.Name) preset.Expression preset.Name

                Expect.equal
                    (string (ScheduleExpression.Parse(string preset.Expression)))
                    (string preset.Expression)
                    "prints"

                Expect.isTrue (preset.Version.StartsWith 'v' && preset.Description.Length > 10) preset.Name
        }

        test "a preset is written as it prints" {
            for row in PresetTable.rows do
                Expect.equal (string (ScheduleExpression.Parse row.Text)) row.Text row.Name
        }

        for name, range in ranges do
            test $"{name} draws from the range of its source" {
                let preset = compile name

                for n in [ 30000; 100000 ] do
                    for i in steps do
                        let low, high = range i

                        Expect.equal (window preset.Expression.Term i n) (low + 1, high + 1) $"i = {i} of {n}"

                        for seed in 1L .. 3L do
                            let t = preset.TimestepAt(i, n, seed, 0)
                            Expect.isTrue (low + 1 <= t && t <= high + 1) $"i = {i}: {t}"
            }

        for name, index in curves do
            test $"{name} follows the curve of its source, cut to a whole index" {
                let preset = compile name
                let mutable compared = 0

                for n in runs do
                    for i in someSteps n do
                        let value = index (float i / float n)

                        if isSure value then
                            compared <- compared + 1
                            Expect.equal (preset.TimestepAt(i, n) - 1) (int value) $"i = {i} of {n}"

                Expect.isGreaterThan compared 10 "not all are left out"
            }

        for name, index in conventions do
            test $"{name} is what its source computes" {
                let preset = compile name
                let mutable compared = 0

                for n in runs do
                    for i in someSteps n do
                        let expected, isSure = index (float i / float n)

                        if isSure then
                            compared <- compared + 1
                            Expect.equal (preset.TimestepAt(i, n) - 1) expected $"i = {i} of {n}"

                Expect.isGreaterThan compared 10 "not all are left out"
            }

        test "values that are whole: ends and quarters" {
            let at name places =
                let preset = compile name
                [ for i in places -> preset.TimestepAt(i, 4) - 1 ]

            Expect.equal (at "hifa" [ 0; 1; 2; 4 ]) [ 980; 640; 499; 300 ] "hifa"
            Expect.equal (at "hifa-linear" [ 0; 1; 2; 4 ]) [ 980; 810; 640; 300 ] "linear"
            Expect.equal (at "hifa-cosine" [ 0; 2; 4 ]) [ 980; 640; 300 ] "cosine"
            Expect.equal (at "sdi" [ 0; 2; 4 ]) [ 980; 615; 250 ] "sdi"
            Expect.equal (at "consistent3d-coarse" [ 0; 1; 4 ]) [ 700; 400; 100 ] "coarse"
            Expect.equal (at "consistent3d-refine" [ 0; 1; 4 ]) [ 300; 160; 20 ] "refine"
            Expect.equal ((compile "hifa-cubed").TimestepAt(1, 8) - 1) 640 "cubed"
        }

        test "dreamgaussian's second stage begins at 181, 161 … 41" {
            let t = (compile "dreamgaussian-refine").Timesteps 50 |> Array.map (fun t -> t - 1)
            Expect.equal (Array.distinct t) [| 181; 161; 141; 121; 101; 81; 61; 41 |] ""
        }

        test "interval score matching's second timestep" {
            let preset = compile "luciddreamer"

            for i in [ 1; 2; 74; 75; 76; 750; 1499; 1500; 1501; 5000 ] do
                let interval = 80 + int (ceil (20m * decimal (max 0 (1500 - i)) / 1500m))

                for seed in 1L .. 20L do
                    let t = preset.TimestepAt(i, 5000, seed, 0)
                    let s = preset.SecondTimestepAt(i, 5000, seed, 0).Value
                    Expect.equal s (max 1 (t - interval)) $"i = {i}, t = {t}"
        }

        test "Consistent3D's second timestep" {
            for name, widest, top in [ "consistent3d-coarse", 299, 980; "consistent3d-refine", 199, 500 ] do
                let preset = compile name

                let further = [
                    for seed in 1L .. 2000L do
                        let i = 1 + int seed

                        let t, s =
                            preset.TimestepAt(i, 3000, seed, 1), preset.SecondTimestepAt(i, 3000, seed, 1).Value

                        Expect.isLessThanOrEqual s (top + 1) "limited"
                        s - t
                ]

                Expect.equal (List.min further, List.max further) (100, widest) $"{name}: both ends are drawn"

            // At first 700 + 281 and more are 980.
            let coarse = compile "consistent3d-coarse"
            Expect.equal (List.max [ for seed in 1L .. 500L -> coarse.SecondTimestepAt(0, 3000, seed, 0).Value ]) 981 ""
        }

        test "asynchronous score distillation's second timestep" {
            let preset = compile "asd"

            for i in [ 1; 2; 10000; 25001; 30000 ] do
                let low = 1 + percent (scalar 0 0.5m 0.02m 25000 i)

                for seed in 1L .. 50L do
                    let t = preset.TimestepAt(i, 30000, seed, 3)
                    let further = preset.SecondTimestepAt(i, 30000, seed, 3).Value - t
                    Expect.isTrue (0 <= further && float further <= 0.1 * float (t - low)) $"{t}: {further}"
        }

        test "Align Your Steps on Stable Diffusion's noise are the published timesteps" {
            let published = [
                "ays-sd15", [ 999; 850; 736; 645; 545; 455; 343; 233; 124; 24; 0 ]
                "ays-sdxl", [ 999; 845; 730; 587; 443; 310; 193; 116; 53; 13; 0 ]
            ]

            for name, indices in published do
                let ours = (compile name).Timesteps 11 |> Array.toList |> List.map (fun t -> t - 1)
                // Levels have three decimals, and were rounded from timesteps.
                for index, expected in List.zip ours indices do
                    Expect.isLessThanOrEqual (abs (index - expected)) 1 $"{name}: {ours}"
        }

        test "presets that say so draw for each sample, others for the batch" {
            let perSample =
                SchedulePresets.All
                |> Seq.filter (fun preset -> preset.Expression.PerSample)
                |> Seq.map _.Name
                |> Seq.toList

            for name in [ "sds-threestudio"; "zero123"; "csd"; "asd"; "dreamcraft3d-texture"; "consistent3d-coarse" ] do
                Expect.contains perSample name ""

            for name in [ "sds"; "prolificdreamer"; "hifa-random"; "luciddreamer"; "dreamtime" ] do
                Expect.isFalse (List.contains name perSample) name
        }
    ]
