namespace DreamTime.Schedules

open System
open System.Collections.Generic

/// A published timestep rule.
[<Sealed>]
type SchedulePreset internal (row: PresetRow) =
    let expression = lazy (ScheduleExpression.Parse row.Text)

    /// The word that stands for it in the language.
    member _.Name = row.Name

    /// Which of the method's versions it is.
    member _.Version = row.Version

    /// The method, what it does, and where its numbers are from.
    member _.Description = row.Description

    /// What it is in the language.
    member _.Expression = expression.Value

    /// The name and the text.
    override preset.ToString() = $"{row.Name} = {preset.Expression}"

/// The published timestep rules, by name.
[<AbstractClass; Sealed>]
type SchedulePresets private () =

    static let all =
        PresetTable.rows |> List.map SchedulePreset |> List.toArray |> Array.AsReadOnly

    /// Every preset, the paper's six first.
    static member All: IReadOnlyList<SchedulePreset> = all

    /// Their names.
    static member Names: IReadOnlyList<string> =
        all |> Seq.map _.Name |> Seq.toArray |> Array.AsReadOnly :> _

    /// The preset of a name.
    /// <param name="name">One of `Names`.</param>
    /// <exception cref="T:System.ArgumentException">No preset is called so; the message lists those that are.</exception>
    static member Find(name: string) : SchedulePreset =
        ArgumentNullException.ThrowIfNull name

        match all |> Seq.tryFind (fun preset -> preset.Name = name) with
        | Some preset -> preset
        | None ->
            let known = String.concat ", " PresetTable.names

            let suggestion =
                match Spelling.suggest PresetTable.names name with
                | null -> ""
                | near -> $" Did you mean '{near}'?"

            raise (
                ArgumentException($"No schedule preset is called '{name}'.{suggestion} Known are {known}.", nameof name)
            )

/// Presets compiled on Stable Diffusion's noise, for F# scripts.
module Presets =

    /// A preset of any name on any noise.
    let compile (noise: NoiseSchedule) (name: string) : Schedule =
        (SchedulePresets.Find name).Expression.Compile noise

    let private onStableDiffusion = compile NoiseSchedule.stableDiffusion

    /// DreamFusion's uniform draw.
    let sds = onStableDiffusion "sds"

    /// DreamTime's ablation with `W = 1/T`.
    let linear = onStableDiffusion "linear"

    /// DreamTime's linear ablation, not below 200.
    let truncatedLinear = onStableDiffusion "truncated-linear"

    /// DreamTime with Wp alone.
    let wpOnly = onStableDiffusion "wp-only"

    /// DreamTime with Wd alone.
    let wdOnly = onStableDiffusion "wd-only"

    /// DreamTime, eq. 8.
    let dreamtime = onStableDiffusion "dreamtime"

    /// DreamTime's first version.
    let dreamtimeV1 = onStableDiffusion "dreamtime-v1"

    /// HiFA's square root.
    let hifa = onStableDiffusion "hifa"

    /// ProlificDreamer's two ranges.
    let prolificdreamer = onStableDiffusion "prolificdreamer"
