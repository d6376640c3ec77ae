namespace DreamTime.Schedules

open System.Text.Json

/// Schedules of timesteps or of numbers as JSON: an object with its `word` and the word's arguments by name.
module internal TermJson =

    let private writePosition (json: Utf8JsonWriter) position =
        match position with
        | Position.Share u -> json.WriteNumber("u", u)
        | Position.Step i -> json.WriteNumber("step", i)

    let rec write (json: Utf8JsonWriter) (term: ScheduleTerm) =
        let word (name: string) =
            json.WriteStartObject()
            json.WriteString("word", name)

        let number (key: string) (value: float) = json.WriteNumber(key, value)
        let whole (key: string) (value: int) = json.WriteNumber(key, value)

        let inner (key: string) term =
            json.WritePropertyName key
            write json term

        let weight weight =
            json.WritePropertyName "weight"
            WeightJson.write json weight

        let ends name first last =
            word name
            number "first" first
            number "last" last

        let row (key: string) writeValue rows =
            json.WriteStartArray key

            for position, value in rows do
                json.WriteStartObject()
                writePosition json position
                writeValue value
                json.WriteEndObject()

            json.WriteEndArray()

        let above name (term: ScheduleTerm) =
            word name
            inner "schedule" term

        match term with
        | ScheduleTerm.Descend inner ->
            word "descend"
            weight inner
        | ScheduleTerm.Ceiling inner ->
            word "ceiling"
            weight inner
        | ScheduleTerm.At value ->
            word "at"
            number "value" value
        | ScheduleTerm.Line(first, last) -> ends "line" first last
        | ScheduleTerm.Power(first, last, exponent) ->
            ends "power" first last
            number "exponent" exponent
        | ScheduleTerm.Cosine(first, last) -> ends "cosine" first last
        | ScheduleTerm.Exponential(first, last) -> ends "exponential" first last
        | ScheduleTerm.Points points ->
            word "points"
            row "points" (number "value") points
        | ScheduleTerm.Sigmas sigmas ->
            word "sigmas"
            json.WriteStartArray "sigmas"
            sigmas |> List.iter json.WriteNumberValue
            json.WriteEndArray()
        | ScheduleTerm.Uniform(low, high) ->
            word "uniform"
            whole "low" low
            whole "high" high
        | ScheduleTerm.Between(low, high) ->
            word "between"
            inner "low" low
            inner "high" high
        | ScheduleTerm.Normal(centre, deviation) ->
            word "normal"
            inner "centre" centre
            inner "deviation" deviation
        | ScheduleTerm.Clamp(low, high, term) ->
            word "clamp"
            number "low" low
            number "high" high
            inner "schedule" term
        | ScheduleTerm.Shift(by, term) ->
            word "shift"
            number "by" by
            inner "schedule" term
        | ScheduleTerm.Quantise(levels, term) ->
            word "quantise"
            whole "levels" levels
            inner "schedule" term
        | ScheduleTerm.Jitter(reach, term) ->
            word "jitter"
            whole "reach" reach
            inner "schedule" term
        | ScheduleTerm.Reverse term -> above "reverse" term
        | ScheduleTerm.Stages stages ->
            word "stages"
            row "stages" (inner "schedule") stages
        | ScheduleTerm.PerSample term -> above "perSample" term
        | ScheduleTerm.PerBatch term -> above "perBatch" term
        | ScheduleTerm.Pair(term, offset) ->
            above "pair" term
            inner "offset" offset
        | ScheduleTerm.Ahead(share, floor, term) ->
            word "ahead"
            number "share" share
            inner "floor" floor
            inner "schedule" term

        json.WriteEndObject()

    let private ofNumbers = [
        "at"
        "line"
        "power"
        "cosine"
        "exponential"
        "points"
        "uniform"
        "between"
        "clamp"
        "shift"
        "jitter"
        "reverse"
        "stages"
        "perSample"
        "perBatch"
    ]

    let private ofTimesteps =
        ofNumbers @ [ "descend"; "ceiling"; "sigmas"; "normal"; "quantise"; "pair"; "ahead" ]

    let private readPosition (fields: JsonFields) =
        if fields.Has "step" then
            Position.Step(fields.Whole "step")
        else
            Position.Share(fields.Number "u")

    /// Rows of a position and a value.
    let private row (fields: JsonFields) key (readValue: JsonFields -> 'a) : (Position * 'a) list = [
        for path, item in fields.Items key do
            let entry = JsonFields(path, item)
            let position = readPosition entry
            let value = readValue entry
            entry.End()
            position, value
    ]

    let rec read (kind: Kind) (depth: int) (path: string) (element: JsonElement) : ScheduleTerm =
        if depth > Depth.most then
            JsonReading.fail path $"a schedule is at most {Depth.most} words and operators deep."

        let fields = JsonFields(path, element)
        let word = fields.Text "word"
        let known = if kind = Kind.Numbers then ofNumbers else ofTimesteps

        if not (List.contains word known) then
            WeightJson.refuse path known word

        let termOf kind (fields: JsonFields) key =
            read kind (depth + 1) (fields.PathOf key) (fields.Take key)

        let inner key = termOf kind fields key
        let numbers key = termOf Kind.Numbers fields key
        let schedule () = inner "schedule"

        let weight () =
            WeightJson.read (depth + 1) (fields.PathOf "weight") (fields.Take "weight")

        /// A number that is whole where it is a timestep, as in the text.
        let value key =
            if kind = Kind.Timesteps then float (fields.Whole key) else fields.Number key

        let ends make =
            let first = fields.Number "first"
            make first (fields.Number "last")

        let both first second make =
            let first = inner first
            make first (second ())

        let term =
            JsonReading.checkedAt path (fun () ->
                match word with
                | "descend" -> ScheduleTerm.Descend(weight ())
                | "ceiling" -> ScheduleTerm.Ceiling(weight ())
                | "at" -> ScheduleTerm.at kind (value "value")
                | "line" -> ends (ScheduleTerm.line kind)
                | "power" -> ends (fun first last -> ScheduleTerm.power kind first last (fields.Number "exponent"))
                | "cosine" -> ends (ScheduleTerm.cosine kind)
                | "exponential" when kind = Kind.Timesteps -> ends ScheduleTerm.exponentialTimesteps
                | "exponential" -> ends ScheduleTerm.exponential
                | "points" -> ScheduleTerm.points kind (row fields "points" (fun entry -> entry.Number "value"))
                | "sigmas" ->
                    ScheduleTerm.sigmas [ for path, item in fields.Items "sigmas" -> JsonReading.number path item ]
                | "uniform" ->
                    let low = fields.Whole "low"
                    ScheduleTerm.uniform kind low (fields.Whole "high")
                | "between" -> both "low" (fun () -> inner "high") ScheduleTerm.between
                | "normal" -> both "centre" (fun () -> numbers "deviation") ScheduleTerm.normalAround
                | "clamp" ->
                    let low = value "low"
                    ScheduleTerm.clamp low (value "high") (schedule ())
                | "shift" -> ScheduleTerm.shift (fields.Number "by") (schedule ())
                | "quantise" -> ScheduleTerm.quantise (fields.Whole "levels") (schedule ())
                | "jitter" -> ScheduleTerm.jitter (fields.Whole "reach") (schedule ())
                | "reverse" -> ScheduleTerm.reverse (schedule ())
                | "stages" -> ScheduleTerm.stages (row fields "stages" (fun entry -> termOf kind entry "schedule"))
                | "perSample" -> ScheduleTerm.perSample (schedule ())
                | "perBatch" -> ScheduleTerm.perBatch (schedule ())
                | "pair" -> both "schedule" (fun () -> numbers "offset") ScheduleTerm.pair
                | _ ->
                    let share = fields.Number "share"
                    both "floor" schedule (ScheduleTerm.ahead share))

        fields.End()
        term
