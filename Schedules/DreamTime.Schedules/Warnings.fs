namespace DreamTime.Schedules

open System.Globalization

/// What somebody who is about to run a schedule should know, in words.
module internal Warnings =

    /// A step that leaves more than this share of T at once is a cliff.
    let private cliff = 0.05

    /// abar below this is pure noise: nothing of an image is left.
    let private pureNoise = 1e-3

    /// A weight so many times its neighbour's is a spike.
    let private spike = 3.0

    let private short (value: float) =
        value.ToString("G5", CultureInfo.InvariantCulture)

    let private lastFall (term: ScheduleTerm) (noise: NoiseSchedule) (summary: RunSummary) (timesteps: int[]) = [
        if float summary.LastFall > cliff * float noise.Timesteps then
            let last = timesteps[timesteps.Length - 1]
            let limit = $"clamp {max 1 (noise.Timesteps / 50)} {noise.Timesteps}"

            let advice =
                if term.HasSecond then
                    $"{limit} inside the pair"
                else
                    $"{limit} ({Excerpt.ofText (string term)})"

            $"The last step falls from {last + summary.LastFall} to {last}, nearly without noise; a limit avoids it: {advice}"
    ]

    let private noisy (noise: NoiseSchedule) isWeighted (timesteps: int[]) = [
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
    ]

    let private spikes (table: WeightTable) (timesteps: int[]) = [
        let weights, top = table.Normalised, int table.Highest

        if top > 1 && weights[top - 1] > spike * weights[top - 2] then
            let steps = timesteps |> Seq.takeWhile (fun t -> t = top) |> Seq.length

            if float steps > 0.01 * float timesteps.Length then
                $"The first {steps} of {timesteps.Length} steps stay at t = {top}, where the weight has a spike, {short (weights[top - 1] / weights[top - 2])} times its neighbour; truncate 1 {top - 1} removes it, a clamp does not."
    ]

    let private flat (summary: RunSummary) = [
        let plateau = summary.LongestPlateau

        if summary.Distinct > 1 && 2 * plateau.Length > summary.TotalSteps then
            $"Most of the run is flat: {plateau.Length} of {summary.TotalSteps} steps stay at t = {plateau.Timestep}, from step {plateau.FirstStep} on."
    ]

    let private rise (summary: RunSummary) (timesteps: int[]) = [
        if summary.FirstRise.HasValue then
            let step = summary.FirstRise.Value

            $"The timestep rises, from {timesteps[step - 2]} at step {step - 1} to {timesteps[step - 1]} at step {step}."
    ]

    /// Positions counted in steps that a run of so many steps does not come to.
    let rec private beyond (steps: int) (term: ScheduleTerm) : int list =
        let counted isBeyond positions =
            positions
            |> List.choose (fun position ->
                match position with
                | Position.Step i when isBeyond i -> Some i
                | _ -> None)

        let own =
            match term with
            | ScheduleTerm.Stages stages -> stages |> List.map fst |> counted (fun i -> i >= steps)
            | ScheduleTerm.Points points -> points |> List.map fst |> counted (fun i -> i > steps)
            | _ -> []

        own @ List.collect (beyond steps) term.Children

    let private unreached (term: ScheduleTerm) steps = [
        for position in beyond steps term |> List.distinct |> List.sort do
            $"'step {position}' is not reached in {steps} steps; make the run longer, or write it as a share of the run."
    ]

    let ofRun
        (term: ScheduleTerm)
        (noise: NoiseSchedule)
        (tables: WeightTable list)
        (summary: RunSummary)
        (timesteps: int[])
        = [
        if not term.IsRandom then
            yield! lastFall term noise summary timesteps
        yield! tables |> List.collect (fun table -> spikes table timesteps)
        yield! noisy noise (not tables.IsEmpty) timesteps
        if not term.IsRandom then
            yield! flat summary
            yield! rise summary timesteps
        yield! unreached term summary.TotalSteps
    ]
