namespace DreamTime.Schedules

open System.IO
open System.Text
open System.Text.Json

/// The JSON form of a whole expression: `{"language":1,"schedule":…}`, or `"weight"`, or `"numbers"`.
module internal ExpressionJson =

    let private write (key: string) (writeValue: Utf8JsonWriter -> unit) =
        use stream = new MemoryStream()

        using (new Utf8JsonWriter(stream)) (fun json ->
            json.WriteStartObject()
            json.WriteNumber("language", Identity.version)
            json.WritePropertyName key
            writeValue json
            json.WriteEndObject())

        Encoding.UTF8.GetString(stream.ToArray())

    let private read (key: string) (json: string) (readValue: string -> JsonElement -> 'a) : 'a =
        JsonReading.parse json (fun root ->
            let fields = JsonFields("$", root)
            let language = fields.Whole "language"

            if language <> Identity.version then
                JsonReading.fail "$.language" $"version {Identity.version} is read here, found {language}."

            let value = readValue $"$.{key}" (fields.Take key)
            fields.End()
            value)

    let ofWeight (weight: Weight) =
        write "weight" (fun json -> WeightJson.write json weight)

    let ofSchedule (term: ScheduleTerm) =
        write "schedule" (fun json -> TermJson.write json term)

    let ofNumbers (term: ScheduleTerm) =
        write "numbers" (fun json -> TermJson.write json term)

    let weight (json: string) : Weight = read "weight" json (WeightJson.read 1)

    let schedule (json: string) : ScheduleTerm =
        read "schedule" json (TermJson.read Kind.Timesteps 1)

    let numbers (json: string) : ScheduleTerm =
        read "numbers" json (TermJson.read Kind.Numbers 1)

    /// A schedule's form, or a weight's, which then descends as its text does.
    let scheduleOrWeight (json: string) : ScheduleTerm =
        let holdsWeight =
            JsonReading.parse json (fun root ->
                root.ValueKind = JsonValueKind.Object
                && fst (root.TryGetProperty "weight")
                && not (fst (root.TryGetProperty "schedule")))

        if holdsWeight then ScheduleTerm.Descend(weight json) else schedule json
