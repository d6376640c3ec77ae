namespace DreamTime.Schedules

open System
open System.Collections.Generic

/// The noise levels that Sabour et al. optimised for sampling in ten steps (Align Your Steps, arXiv:2404.14507, table 3).
[<AbstractClass; Sealed>]
type AlignYourSteps private () =

    static let lists = [
        "sd15", [ 14.615; 6.475; 3.861; 2.697; 1.886; 1.396; 0.963; 0.652; 0.399; 0.152; 0.029 ]
        "sdxl", [ 14.615; 6.315; 3.771; 2.181; 1.342; 0.862; 0.555; 0.380; 0.234; 0.113; 0.029 ]
        "if", [ 160.41; 8.081; 3.315; 1.885; 1.207; 0.785; 0.553; 0.293; 0.186; 0.030; 0.006 ]
        "svd", [ 700.0; 54.5; 15.886; 7.977; 4.248; 1.789; 0.981; 0.403; 0.173; 0.034; 0.002 ]
    ]

    static let find model =
        match List.tryFind (fun (name, _) -> name = model) lists with
        | Some(_, levels) -> levels
        | None ->
            let known = lists |> List.map fst |> String.concat ", "

            raise (
                ScheduleConversionException
                    $"Align Your Steps has no list for '{Excerpt.ofText model}'; it has {known}."
            )

    /// The models: Stable Diffusion 1.5 and XL, DeepFloyd IF's first stage, Stable Video Diffusion.
    static member Models: IReadOnlyList<string> =
        lists |> List.map fst |> Array.ofList |> Array.AsReadOnly :> _

    /// The published levels of a model: eleven, of ten steps and the end.
    /// <param name="model">One of `Models`.</param>
    /// <exception cref="T:DreamTime.Schedules.ScheduleConversionException">No such model.</exception>
    static member Sigmas(model: string) : float[] =
        ArgumentNullException.ThrowIfNull model
        Array.ofList (find model)

    /// As many levels as asked for, straight in log sigma between the published ones, as their authors do.
    /// <param name="model">One of `Models`.</param>
    /// <param name="count">How many levels, at least 1.</param>
    /// <exception cref="T:DreamTime.Schedules.ScheduleConversionException">No such model.</exception>
    /// <exception cref="T:System.ArgumentOutOfRangeException">The count is below 1.</exception>
    static member Sigmas(model: string, count: int) : float[] =
        if count < 1 then
            raise (ArgumentOutOfRangeException(nameof count, count, "At least 1 level is needed."))

        let levels = AlignYourSteps.Sigmas model

        if count = levels.Length then
            levels
        else
            let last = float (levels.Length - 1)

            Array.init count (fun k ->
                let place = if count = 1 then 0.0 else float k / float (count - 1) * last
                let below = min (int place) (levels.Length - 2)
                let share = place - float below
                exp ((1.0 - share) * log levels[below] + share * log levels[below + 1]))
