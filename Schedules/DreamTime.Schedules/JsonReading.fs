namespace DreamTime.Schedules

open System
open System.Collections.Generic
open System.Text.Json

/// Strict reading of JSON: what is missing, unknown, doubled or of another type is refused with its path.
module internal JsonReading =

    /// Longest text, in characters.
    let longest = 1_000_000

    /// JSON levels of a node in a row of stages, the deepest kind, and the envelope around the root.
    let private deepest = 3 * Depth.most + 10

    let fail path message : 'a =
        raise (ScheduleJsonException(path, message))

    let private kind (element: JsonElement) =
        match element.ValueKind with
        | JsonValueKind.Object -> "an object"
        | JsonValueKind.Array -> "an array"
        | JsonValueKind.String -> $"the string '{Excerpt.ofText (string (element.GetString()))}'"
        | JsonValueKind.Number -> $"the number {Excerpt.ofText (element.GetRawText())}"
        | JsonValueKind.Null -> "null"
        | _ -> element.GetRawText()

    let expect path expected (valueKind: JsonValueKind) (element: JsonElement) =
        if element.ValueKind <> valueKind then
            fail path $"{expected} is expected, found {kind element}."

    let number path (element: JsonElement) =
        expect path "a number" JsonValueKind.Number element

        match element.TryGetDouble() with
        | true, value when Double.IsFinite value -> value + 0.0
        | _ -> fail path $"a finite number is expected, found {kind element}."

    let whole path (element: JsonElement) =
        let value = number path element

        if value = floor value && abs value <= float Int32.MaxValue then
            int value
        else
            fail path $"a whole number is expected, found {kind element}."

    let text path (element: JsonElement) =
        expect path "a string" JsonValueKind.String element
        string (element.GetString())

    /// The elements of an array with their paths.
    let items path (element: JsonElement) = [
        expect path "an array" JsonValueKind.Array element

        for k, item in Seq.indexed (element.EnumerateArray()) do
            $"{path}[{k}]", item
    ]

    /// A value that its words make of what was read, or what they say against it.
    let checkedAt path (make: unit -> 'a) : 'a =
        try
            make ()
        with :? ArgumentException as error ->
            fail path (error.Message.Split(" (Parameter")[0])

    let parse (json: string) (read: JsonElement -> 'a) : 'a =
        if json.Length > longest then
            fail "$" $"at most {longest} characters are read, found {json.Length}."

        let document =
            try
                JsonDocument.Parse(json, JsonDocumentOptions(MaxDepth = deepest))
            with :? JsonException as error ->
                fail "$" $"this is not JSON that is read here: {error.Message}"

        use document = document
        read document.RootElement

/// An object of which each key is asked for once; at the end none may be left.
type internal JsonFields(path: string, element: JsonElement) =
    let fields = Dictionary<string, JsonElement>()

    do
        JsonReading.expect path "an object" JsonValueKind.Object element

        for property in element.EnumerateObject() do
            if not (fields.TryAdd(property.Name, property.Value)) then
                JsonReading.fail path $"the key '{Excerpt.ofText property.Name}' stands there twice."

    member _.PathOf key = $"{path}.{key}"

    member _.Has key = fields.ContainsKey key

    member reader.Take(key: string) : JsonElement =
        match fields.TryGetValue key with
        | true, value ->
            fields.Remove key |> ignore
            value
        | _ -> JsonReading.fail path $"the key '{key}' is missing."

    member reader.Number key =
        JsonReading.number (reader.PathOf key) (reader.Take key)

    member reader.Whole key =
        JsonReading.whole (reader.PathOf key) (reader.Take key)

    member reader.Text key =
        JsonReading.text (reader.PathOf key) (reader.Take key)

    member reader.Items key =
        JsonReading.items (reader.PathOf key) (reader.Take key)

    /// Refuses what was not asked for.
    member _.End() =
        for key in Seq.truncate 1 fields.Keys do
            JsonReading.fail path $"the key '{Excerpt.ofText key}' is unknown."
