namespace DreamTime.Schedules

open System
open System.Globalization

/// A schedule in words: what its numbers mean, where it spends its steps, and what to be warned of.
module internal Description =

    /// A step that leaves more than this share of T at once is a cliff.
    let private cliff = 0.05

    /// abar below this is pure noise: nothing of an image is left.
    let private pureNoise = 1e-3

    let private short (value: float) =
        value.ToString("G5", CultureInfo.InvariantCulture)

    let private percent (share: float) =
        (100.0 * share).ToString("0.##", CultureInfo.InvariantCulture) + " %"

    let rec private tables (plan: Plan) =
        match plan with
        | Plan.Inverse table
        | Plan.Ceiling table -> [ table ]
        | plan -> plan.Children |> List.collect tables

    let private describeTable (table: WeightTable) =
        let weights = table.Normalised
        let peak = Array.IndexOf(weights, Array.max weights)

        $"{Excerpt.ofText (string table.Weight)}: Z = {short table.Total}, positive in {table.Lowest}..{table.Highest}, largest at t = {peak + 1} ({percent weights[peak]})"

    let private hundreds (noise: NoiseSchedule) (timesteps: int[]) =
        [
            for tenth in 9..-1..1 do
                let t = noise.Timesteps * tenth / 10

                match Array.tryFindIndex (fun s -> s <= t) timesteps with
                | Some k -> $"{t}: {k + 1}"
                | None -> $"{t}: never"
        ]
        |> String.concat ", "

    let private firstRise (timesteps: int[]) =
        timesteps |> Array.pairwise |> Array.tryFindIndex (fun (a, b) -> b > a)

    let private warnings (text: string) (noise: NoiseSchedule) isWeighted isRandom (timesteps: int[]) =
        let last = timesteps.Length - 1
        let total = float noise.Timesteps

        [
            if not isRandom && last > 0 && float (timesteps[last - 1] - timesteps[last]) > cliff * total then
                let low = max 1 (noise.Timesteps / 50)

                $"The last step falls from {timesteps[last - 1]} to {timesteps[last]}, nearly without noise; a limit avoids it: clamp {low} {noise.Timesteps} ({Excerpt.ofText text})"

            let noisy =
                timesteps |> Array.filter (fun t -> noise.AlphaBar(t * 1<timestep>) < pureNoise)

            if float noisy.Length > 0.01 * float timesteps.Length then
                let clean =
                    noise.AlphaBars |> Array.filter (fun alphaBar -> alphaBar >= pureNoise) |> Array.length

                let advice =
                    if isWeighted then
                        $"truncate 1 {clean} the weight, as a clamp would keep these steps"
                    else
                        $"stay at or below {clean}"

                $"{noisy.Length} of {timesteps.Length} steps are pure noise, abar below {short pureNoise}; {advice}."

            match firstRise timesteps with
            | Some k when not isRandom ->
                $"The timestep rises, from {timesteps[k]} at step {k + 1} to {timesteps[k + 1]} at step {k + 2}."
            | _ -> ()
        ]

    let write (term: ScheduleTerm) (hash: string) (noise: NoiseSchedule) (plan: Plan) (timesteps: int[]) =
        let steps = timesteps.Length
        let text = string term

        let run =
            if term.IsRandom then
                let who = if term.DrawsPerSample then "each sample of each step" else "each step"

                $"a draw for {who}, a function of seed, step and sample; with seed 0 from {Array.min timesteps} to {Array.max timesteps}"
            else
                $"first {timesteps[0]}, middle {timesteps[(steps - 1) / 2]}, last {timesteps[steps - 1]}; {(Array.distinct timesteps).Length} distinct timesteps"

        [
            $"schedule    {text}"
            $"hash        {hash}"
            $"noise       {noise}"
            "convention  t is the paper's, 1..T; the network's index is t - 1"
            match tables plan with
            | [] -> ()
            | tables ->
                "            step i of N takes the t of positive weight whose tail sum is nearest to i/N, the larger of two as near (eq. 5)"

                for table in tables do
                    $"weight      {describeTable table}"
            $"{steps} steps".PadRight 12 + run
            if not term.IsRandom then
                $"            first step at or below {hundreds noise timesteps}"

                if steps > 1 then
                    $"            last step: from {timesteps[steps - 2]} to {timesteps[steps - 1]}"
            for warning in warnings text noise (not (tables plan).IsEmpty) term.IsRandom timesteps do
                $"warning     {warning}"
        ]
        |> String.concat "\n"
