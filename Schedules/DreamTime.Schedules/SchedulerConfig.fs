namespace DreamTime.Schedules

open System
open System.Text.Json

/// What a scheduler's configuration says about noise: abar_1 .. abar_T, or the times of a flow.
[<RequireQualifiedAccess>]
type internal NoiseTable =
    | AlphaBars of float[]
    | Flow of timesteps: int * shift: float

/// Reads the noise table out of a diffusers `scheduler_config.json`. Absent keys mean what they mean there.
module internal SchedulerConfig =

    let largestTimesteps = 1_000_000

    let private number (config: JsonElement) (key: string) absent =
        match config.TryGetProperty key with
        | true, value when value.ValueKind = JsonValueKind.Number -> value.GetDouble()
        | true, value when value.ValueKind <> JsonValueKind.Null ->
            raise (FormatException $"\"{key}\" must be a number, found {value.GetRawText()}.")
        | _ -> absent

    let private text (config: JsonElement) (key: string) absent =
        match config.TryGetProperty key with
        | true, value when value.ValueKind = JsonValueKind.String -> string (value.GetString())
        | true, value when value.ValueKind <> JsonValueKind.Null ->
            raise (FormatException $"\"{key}\" must be a string, found {value.GetRawText()}.")
        | _ -> absent

    let private isTrue (config: JsonElement) (key: string) =
        match config.TryGetProperty key with
        | true, value -> value.ValueKind = JsonValueKind.True
        | _ -> false

    /// The numbers of a JSON array.
    let numbers (array: JsonElement) = [|
        for element in array.EnumerateArray() do
            match element.ValueKind with
            | JsonValueKind.Number -> element.GetDouble()
            | _ -> raise (FormatException $"A number was expected in the array, found {element.GetRawText()}.")
    |]

    let private trainedBetas (config: JsonElement) =
        match config.TryGetProperty "trained_betas" with
        | true, value when value.ValueKind = JsonValueKind.Array -> Some(numbers value)
        | _ -> None

    let private timesteps config =
        let count = number config "num_train_timesteps" 1000.0

        if count >= 1.0 && count <= float largestTimesteps && count = floor count then
            int count
        else
            raise (
                FormatException
                    $"\"num_train_timesteps\" must be a whole number in 1..{largestTimesteps}, found {count}."
            )

    let private fail message = raise (FormatException message)

    let private betas (config: JsonElement) =
        let start, last = number config "beta_start" 0.0001, number config "beta_end" 0.02

        match trainedBetas config, text config "beta_schedule" "linear" with
        | Some [||], _ -> fail "\"trained_betas\" is empty; one beta per timestep is needed."
        | Some betas, _ -> betas
        | None, "linear" -> Betas.linear start last (timesteps config)
        | None, "scaled_linear" -> Betas.scaledLinear start last (timesteps config)
        | None, "squaredcos_cap_v2" -> Betas.squaredCosine (timesteps config)
        | None, "sigmoid" -> Betas.sigmoid start last (timesteps config)
        | None, other ->
            fail $"\"beta_schedule\" is \"{other}\"; known are linear, scaled_linear, squaredcos_cap_v2 and sigmoid."

    let private alphaBars (config: JsonElement) =
        let alphaBars = betas config |> Betas.toAlphaBars

        if not (isTrue config "rescale_betas_zero_snr") then
            alphaBars
        elif alphaBars[0] > Array.last alphaBars then
            Betas.rescaleToZeroTerminalSnr alphaBars
        else
            fail "\"rescale_betas_zero_snr\" needs an abar that falls from t = 1 to t = T."

    let private flow (config: JsonElement) (key: string) =
        if isTrue config "use_dynamic_shifting" then
            fail
                "\"use_dynamic_shifting\" is true: the shift then depends on each image's size, and there is no one table. Set it to false and \"shift\" to what your images have."

        if isTrue config "invert_sigmas" then
            fail "\"invert_sigmas\" is true: such a model's time runs from noise to image, which no schedule here does."

        let shift = number config key 1.0

        if not (shift > 0.0 && Double.IsFinite shift) then
            fail $"\"{key}\" must be a number above 0, found {Number.show shift}."

        NoiseTable.Flow(timesteps config, shift)

    let private has (config: JsonElement) (key: string) = fst (config.TryGetProperty key)

    /// What the configuration defines. Its class decides between flow matching and betas; where it has no class, its keys do.
    let read (config: JsonElement) : NoiseTable =
        if config.ValueKind <> JsonValueKind.Object then
            fail $"A scheduler configuration is a JSON object, found {config.ValueKind}."

        match text config "_class_name" "" with
        | name when name.StartsWith("FlowMatch", StringComparison.Ordinal) -> flow config "shift"
        | _ when isTrue config "use_flow_sigmas" -> flow config "flow_shift"
        | "" when (has config "shift" || has config "use_dynamic_shifting") && not (has config "beta_schedule") ->
            flow config "shift"
        | name when has config "sigma_data" || has config "sigma_min" && not (has config "beta_start") ->
            let who = if name = "" then "This scheduler" else name

            fail
                $"{who} counts its noise in sigmas without bounds, not in T timesteps; give a JSON array of abar instead."
        | _ -> NoiseTable.AlphaBars(alphaBars config)
