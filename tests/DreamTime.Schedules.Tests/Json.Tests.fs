/// The JSON form: round trips, and what is refused with its path.
module DreamTime.Schedules.Tests.Json

open System
open System.Text
open System.Text.Json.Nodes
open Expecto
open DreamTime.Schedules
open DreamTime.Schedules.Tests.Generators

let private expression = ScheduleExpression.Parse

/// One of every word.
let private texts = [
    "snr"
    "gaussian 500 125 * snr + constant 2 / 3"
    "plateau 800 500 300 100 ^ 0.5"
    "min (beta 2 3) (max (logitNormal -0.5 1) (p2 1 0.5))"
    "truncate 20 980 (mirror (window -5 500))"
    "table [0, 1, 2.5]"
    "ceiling (snr)"
    "at 500"
    "line 980.5 300.5"
    "power 980 300 0.5"
    "cosine 980 300"
    "exponential 980 20"
    "points [(0.02, 981), (0.98, 21)]"
    "points [(step 0, 981), (step 500, 21)]"
    "sigmas [14.6, 1, 0.03]"
    "uniform 21 981"
    "between (at 21) (points [(step 5001, 980.5), (step 5002, 500.5)])"
    "normal (line 900 100) (line 100 10)"
    "normal (at 500) 80"
    "clamp 20 980 (dreamtime)"
    "shift -0.5 (quantise 25 (line 900 100))"
    "jitter 10 (reverse (line 100 900))"
    "stages [(0, uniform 21 981), (0.2, uniform 21 501)]"
    "stages [(step 0, at 5), (step 10, perSample (uniform 1 9))]"
    "perBatch (uniform 1 9)"
    "pair (at 500) (uniform -10 -5)"
    "ahead 0.1 (at 20) (uniform 21 981)"
]

let private numbers = [
    "3"
    "line 1 -0.1"
    "exponential 1e-2 1e-4"
    "points [(step 0, 1), (step 5000, 0.5)]"
    "stages [(0, 1), (0.5, line 1 0)]"
    "clamp 0.5 2 (shift 0.25 (power 1 0 2))"
    "between (1) (cosine 5 3)"
]

let private refused name (json: string) (path: string) (part: string) =
    test name {
        try
            failtest $"{ScheduleExpression.FromJson json}"
        with :? ScheduleJsonException as error ->
            Expect.equal error.Path path error.Message
            Expect.stringContains error.Message part ""
            Expect.isFalse (error.Message.Contains '\n') error.Message
    }

let private schedule node =
    $$"""{"language":1,"schedule":{{node}}}"""

let tests =
    testList "json" [
        law "FromJson (ToJson x) = x for weights" (fun (case: Case) ->
            Expect.equal (Weights.FromJson(Weights.ToJson case.Weight)) case.Weight "")
        law "FromJson (ToJson x) = x for schedules" (fun (case: TermCase) ->
            let again = ScheduleExpression.FromJson(case.Expression.ToJson())
            Expect.equal again case.Expression ""
            Expect.equal again.Hash case.Expression.Hash "hash")

        yield!
            texts
            |> List.map (fun text ->
                test $"round trip of {text}" {
                    let given = expression text
                    Expect.equal (ScheduleExpression.FromJson(given.ToJson())) given (given.ToJson())
                })
        yield!
            numbers
            |> List.map (fun text ->
                test $"round trip of the numbers {text}" {
                    let given = ScalarSchedule.Parse text
                    Expect.equal (ScalarSchedule.FromJson(given.ToJson())) given (given.ToJson())
                })

        test "presets are written out" {
            for preset in SchedulePresets.All do
                let json = preset.Expression.ToJson()
                Expect.isFalse (json.Contains preset.Name) json
                Expect.equal (ScheduleExpression.FromJson json) preset.Expression preset.Name
        }
        test "the form, to the letter" {
            Expect.equal
                ((expression "clamp 20 980 (snr * gaussian 500 125.5)").ToJson())
                """{"language":1,"schedule":{"word":"clamp","low":20,"high":980,"schedule":{"word":"descend","weight":{"word":"product","left":{"word":"snr"},"right":{"word":"gaussian","m":500,"s":125.5}}}}}"""
                ""

            Expect.equal
                ((expression "stages [(0, at 5), (0.5, at 3)]").ToJson())
                """{"language":1,"schedule":{"word":"stages","stages":[{"u":0,"schedule":{"word":"at","value":5}},{"u":0.5,"schedule":{"word":"at","value":3}}]}}"""
                ""
        }
        test "white space and another order of keys mean the same; a weight descends" {
            Expect.equal
                (ScheduleExpression.FromJson
                    """ { "schedule" : { "high" : 9 , "low" : 1 , "word" : "uniform" } , "language" : 1 } """)
                (expression "uniform 1 9")
                ""

            Expect.equal
                (ScheduleExpression.FromJson """{"language":1,"weight":{"word":"snr"}}""")
                (expression "snr")
                ""
        }
        test "the deepest expression that can be built goes to JSON and back" {
            let weight =
                Seq.fold (fun weight _ -> weight + Weight.snr) Weight.snr (seq { 1..248 })

            let given = ScheduleExpression.Descend weight
            Expect.equal (ScheduleExpression.FromJson(given.ToJson())) given ""

            let stages =
                Seq.fold
                    (fun inner _ -> ScheduleExpression.Stages [ struct (0.0, inner) ])
                    (ScheduleExpression.At 5)
                    (seq { 1..249 })

            Expect.equal (ScheduleExpression.FromJson(stages.ToJson())) stages ""
        }

        refused "nothing" "" "$" "not JSON"
        refused "no JSON" "snr" "$" "not JSON"
        refused "a comment" """{"language":1 /* no */}""" "$" "not JSON"
        refused "a list" "[]" "$" "an object is expected, found an array"
        refused "no language" """{"schedule":{"word":"at","value":5}}""" "$" "'language' is missing"
        refused "another language" """{"language":2,"schedule":{"word":"at","value":5}}""" "$.language" "found 2"
        refused "a language of text" """{"language":"1","schedule":{"word":"at","value":5}}""" "$.language" "a number"
        refused "no schedule" """{"language":1}""" "$" "'schedule' is missing"
        refused
            "a schedule and a weight"
            """{"language":1,"schedule":{"word":"at","value":5},"weight":{"word":"snr"}}"""
            "$"
            "'weight' is unknown"
        refused
            "numbers for a schedule"
            """{"language":1,"numbers":{"word":"at","value":5}}"""
            "$"
            "'schedule' is missing"
        refused "an unknown key" (schedule """{"word":"at","value":5,"extra":1}""") "$.schedule" "'extra' is unknown"
        refused "a missing key" (schedule """{"word":"at"}""") "$.schedule" "'value' is missing"
        refused
            "a doubled key"
            (schedule """{"word":"at","value":5,"value":6}""")
            "$.schedule"
            "'value' stands there twice"
        refused
            "another type"
            (schedule """{"word":"at","value":"5"}""")
            "$.schedule.value"
            "a number is expected, found the string '5'"
        refused "null" (schedule """{"word":"at","value":null}""") "$.schedule.value" "found null"
        refused "a fraction of a timestep" (schedule """{"word":"at","value":5.5}""") "$.schedule.value" "whole"
        refused "a huge number" (schedule """{"word":"line","first":1e999,"last":1}""") "$.schedule.first" "finite"
        refused "a timestep below 1" (schedule """{"word":"at","value":0}""") "$.schedule" "1 or above"
        refused
            "a misspelt word"
            (schedule """{"word":"unifrom","low":1,"high":2}""")
            "$.schedule.word"
            "Did you mean 'uniform'?"
        refused
            "a weight's word for a schedule"
            (schedule """{"word":"gaussian","m":1,"s":2}""")
            "$.schedule.word"
            "no word that may stand here"
        refused
            "a word of timesteps among numbers"
            (schedule
                """{"word":"normal","centre":{"word":"at","value":5},"deviation":{"word":"sigmas","sigmas":[1]}}""")
            "$.schedule.deviation.word"
            "'sigmas'"
        refused
            "a deviation of 0"
            (schedule
                """{"word":"descend","weight":{"word":"sum","left":{"word":"snr"},"right":{"word":"gaussian","m":1,"s":0}}}""")
            "$.schedule.weight.right"
            "above 0"
        refused
            "stages that do not rise"
            (schedule
                """{"word":"stages","stages":[{"u":0,"schedule":{"word":"at","value":5}},{"u":0,"schedule":{"word":"at","value":6}}]}""")
            "$.schedule"
            "rise"
        refused
            "a step and a share at once"
            (schedule """{"word":"points","points":[{"u":0,"step":0,"value":5}]}""")
            "$.schedule.points[0]"
            "'u' is unknown"
        refused
            "an item of another type"
            (schedule """{"word":"sigmas","sigmas":[1,true]}""")
            "$.schedule.sigmas[1]"
            "found true"
        refused
            "an end that draws"
            (schedule """{"word":"between","low":{"word":"uniform","low":1,"high":2},"high":{"word":"at","value":5}}""")
            "$.schedule"
            "without draws"

        test "depth bombs are errors, not crashes" {
            let bomb count =
                let opening = String.replicate count """{"word":"reverse","schedule":"""
                schedule (opening + """{"word":"at","value":5}""" + String('}', count))

            for count in [ 250; 400; 10_000 ] do
                Expect.throwsT<ScheduleJsonException>
                    (fun () -> ScheduleExpression.FromJson(bomb count) |> ignore)
                    $"{count}"

            Expect.equal (ScheduleExpression.FromJson(bomb 249)).IsDeterministic true "249 are read"

            Expect.throwsT<ScheduleJsonException>
                (fun () -> ScheduleExpression.FromJson(String('[', 500_000)) |> ignore)
                "["

            Expect.throwsT<ScheduleJsonException>
                (fun () -> ScheduleExpression.FromJson(String(' ', 1_000_001)) |> ignore)
                "size"
        }
        test "no damage to a text is a crash" {
            let random = Random 20240611

            for text in texts do
                let json = (expression text).ToJson()

                for _ in 1..40 do
                    let damaged = StringBuilder json
                    let place = random.Next json.Length

                    match random.Next 4 with
                    | 0 -> damaged.Remove(place, 1) |> ignore
                    | 1 -> damaged[place] <- "{}[]\",:0159-eE.nulltruef"[random.Next 24]
                    | 2 -> damaged.Insert(place, json.Substring(random.Next(json.Length - 1), 1)) |> ignore
                    | _ -> damaged.Length <- place

                    let damaged = string damaged

                    try
                        // What is read all the same is an expression with a round trip.
                        let read = ScheduleExpression.FromJson damaged
                        Expect.equal (ScheduleExpression.FromJson(read.ToJson())) read damaged
                    with :? ScheduleJsonException ->
                        ()
        }
        test "another reader of JSON finds the same numbers" {
            let values = [ 0.1; 1e-300; 123456789.123; 1.0 / 3.0 ]
            let json = Weights.ToJson(Weight.table values)

            match JsonNode.Parse json with
            | null -> failtest "null"
            | node ->
                let found = [
                    for item in Option.toList (Option.ofObj node["weight"]) do
                        for value in (Option.get (Option.ofObj item["values"])).AsArray() do
                            (Option.get (Option.ofObj value)).GetValue<float>()
                ]

                Expect.equal found values ""
        }
    ]
