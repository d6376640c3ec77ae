namespace DreamTime.Schedules

/// Every published timestep rule by its name; a name is also a word of the language.
module internal PresetTable =

    let rows =
        DreamTimePresets.rows @ ThreestudioPresets.rows @ RepositoryPresets.rows @ SamplerPresets.rows

    let names = rows |> List.map _.Name

    let tryText word =
        rows |> List.tryFind (fun row -> row.Name = word) |> Option.map _.Text
