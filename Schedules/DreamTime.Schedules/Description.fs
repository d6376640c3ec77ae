namespace DreamTime.Schedules

open System
open System.Globalization

/// A schedule in words: what its numbers mean, where it spends its steps, and what to be warned of.
module internal Description =

    /// Longer texts, which hold tables, are cut.
    let private longest = 1000

    let private short (value: float) =
        value.ToString("G5", CultureInfo.InvariantCulture)

    let private percent (share: float) =
        (100.0 * share).ToString("0.##", CultureInfo.InvariantCulture) + " %"

    let private convention (noise: NoiseSchedule) =
        if noise.IsFlow then
            "t counts cells of the model's time, 1..T; the time of a cell is its midpoint, in 0..1, behind t in parentheses"
        else
            "t is the paper's, 1..T; the network's index is t - 1"

    let private describeTable (table: WeightTable) =
        let weights = table.Normalised
        let peak = Array.IndexOf(weights, Array.max weights)

        $"{Excerpt.ofText (string table.Weight)}: Z = {short table.Total}, positive in {table.Lowest}..{table.Highest}, largest at t = {peak + 1} ({percent weights[peak]})"

    let private shares (summary: RunSummary) =
        let share (range: TimestepRange) =
            percent (float range.Steps / float summary.TotalSteps)

        summary.Ranges
        |> Seq.filter (fun range -> range.Low <= range.High)
        |> Seq.map (fun range -> $"t in {range.Low}..{range.High}: {share range}")
        |> String.concat ", "

    let private arrivals (summary: RunSummary) =
        summary.Arrivals
        |> Seq.map (fun arrival ->
            if arrival.Step.HasValue then
                $"{arrival.Timestep}: {arrival.Step.Value}"
            else
                $"{arrival.Timestep}: never")
        |> String.concat ", "

    /// Five places of a run, as steps.
    let private places steps =
        [ 1; steps / 4; steps / 2; 3 * steps / 4; steps ] |> List.map (max 1) |> List.distinct

    let private signalToNoise (noise: NoiseSchedule) (timesteps: int[]) =
        places timesteps.Length
        |> List.map (fun step ->
            let sigma = noise.Sigma(timesteps[step - 1] * 1<timestep>)
            $"{short (1.0 / (sigma * sigma))} at step {step}")
        |> String.concat ", "

    let private seconds (second: int -> Nullable<int>) steps =
        places steps
        |> List.map (fun step ->
            match second step with
            | t when t.HasValue -> $"{t.Value} at step {step}"
            | _ -> $"none at step {step}")
        |> String.concat ", "

    let private run (term: ScheduleTerm) show (summary: RunSummary) (timesteps: int[]) =
        if term.IsRandom then
            let who = if term.DrawsPerSample then "each sample of each step" else "each step"

            $"a draw for {who}, a function of seed, step and sample; with seed 0 from {show (Array.min timesteps)} to {show (Array.max timesteps)}, {summary.Distinct} distinct timesteps"
        else
            let steps = timesteps.Length

            $"first {show timesteps[0]}, middle {show timesteps[(steps - 1) / 2]}, last {show timesteps[steps - 1]}; {summary.Distinct} distinct timesteps"

    let write
        (term: ScheduleTerm)
        (hash: string)
        (noise: NoiseSchedule)
        (tables: WeightTable list)
        (timesteps: int[])
        (second: int -> Nullable<int>)
        =
        let steps = timesteps.Length
        let summary = RunSummary.ofTimesteps noise.Timesteps timesteps
        let busiest, plateau = summary.Busiest, summary.LongestPlateau

        let show t =
            if noise.IsFlow then
                $"{t} ({short (noise.Time(t * 1<timestep>))})"
            else
                string t

        let rows = [
            "schedule", (let text = string term in if text.Length > longest then Excerpt.ofText text else text)
            "hash", hash
            "noise", string noise
            "convention", convention noise
            if not tables.IsEmpty then
                "",
                "step i of N takes the t of positive weight whose tail sum is nearest to i/N, the larger of two as near (eq. 5)"
            for table in tables do
                "weight", describeTable table
            $"{steps} steps", run term show summary timesteps
            "", $"share of the steps with {shares summary}"
            "", $"most steps at one timestep: {busiest.Steps} at t = {show busiest.Low}"
            if not term.IsRandom then
                "", $"first step at or below {arrivals summary}"

                "",
                $"longest plateau: {plateau.Length} steps at t = {show plateau.Timestep}, from step {plateau.FirstStep} on"

                if steps > 1 then
                    "", $"last step: from {show timesteps[steps - 2]} to {show timesteps[steps - 1]}"
            if term.HasSecond then
                "", $"second timestep: {seconds second steps}"
            "SNR", signalToNoise noise timesteps
            for warning in Warnings.ofRun term noise tables summary timesteps do
                "warning", warning
        ]

        rows |> List.map (fun (label, text) -> label.PadRight 12 + text) |> String.concat "\n"
