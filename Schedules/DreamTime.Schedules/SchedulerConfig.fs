namespace DreamTime.Schedules

open System
open System.Text.Json

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

    /// abar_1 .. abar_T as the configuration defines them.
    let alphaBars (config: JsonElement) =
        if config.ValueKind <> JsonValueKind.Object then
            raise (FormatException $"A scheduler configuration is a JSON object, found {config.ValueKind}.")

        let betaStart = number config "beta_start" 0.0001
        let betaEnd = number config "beta_end" 0.02

        let betas =
            match trainedBetas config, text config "beta_schedule" "linear" with
            | Some betas, _ -> betas
            | None, "linear" -> Betas.linear betaStart betaEnd (timesteps config)
            | None, "scaled_linear" -> Betas.scaledLinear betaStart betaEnd (timesteps config)
            | None, "squaredcos_cap_v2" -> Betas.squaredCosine (timesteps config)
            | None, other ->
                raise (
                    FormatException
                        $"\"beta_schedule\" is \"{other}\"; known are linear, scaled_linear and squaredcos_cap_v2."
                )

        if betas.Length = 0 then
            raise (FormatException "\"trained_betas\" is empty; one beta per timestep is needed.")

        let alphaBars = Betas.toAlphaBars betas

        if isTrue config "rescale_betas_zero_snr" then
            Betas.rescaleToZeroTerminalSnr alphaBars
        else
            alphaBars
