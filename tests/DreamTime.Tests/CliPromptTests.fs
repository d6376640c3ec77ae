module DreamTime.Tests.CliPromptTests

open System
open System.IO
open Expecto
open DreamTime.Cli

let private accepted text =
    match Prompt.parse text with
    | Ok prompt -> prompt
    | Error message -> failtest message

let private refused text =
    match Prompt.parse text with
    | Ok prompt -> failtest $"accepted as '{prompt.Text}'"
    | Error message -> message

let tests =
    testList "prompt" [
        test "outer blanks go, line breaks and tabs become one blank" {
            Expect.equal (accepted "  a red\r\n\tmushroom ").Text "a red mushroom" ""
        }
        test "emoji and other scripts pass" {
            for text in [ "a 🍄"; "ein grüner Würfel"; "一个红色的蘑菇"; "👩‍🚀" ] do
                Expect.equal (accepted text).Text text ""
        }
        test "nothing is refused" {
            for text in [ ""; "   "; "\t\n" ] do
                Expect.stringContains (refused text) "empty" ""
        }
        test "10,000 characters pass, one more is refused with both numbers" {
            accepted (String('a', 10_000)) |> ignore
            let message = refused (String('a', 10_001))
            Expect.stringContains message "10,001" ""
            Expect.stringContains message "10,000" ""
        }
        test "a control character is refused with its code and place" {
            Expect.stringContains (refused "a \u0007 bell") "U+0007 at character 3" ""
            Expect.stringContains (refused "🍄\u0000") "U+0000 at character 2" ""
        }
        test "half a surrogate pair is refused" { Expect.stringContains (refused "a \ud83c") "U+FFFD" "" }

        test "a slug is the prompt's words with dashes" {
            Expect.equal
                (Prompt.slug (accepted "A red Mushroom, with a white stem!"))
                "a-red-mushroom-with-a-white-stem"
                ""
        }
        test "prompts without ASCII letters and reserved names get different, stable slugs" {
            let slugs = [ "🍄"; "一"; "CON"; "nul" ] |> List.map (accepted >> Prompt.slug)
            Expect.equal (List.distinct slugs).Length slugs.Length ""
            Expect.all slugs (fun slug -> slug.StartsWith "prompt-") ""
            Expect.equal (Prompt.slug (accepted "🍄")) slugs.Head ""
        }
        testProperty "a slug is one short file name, whatever the prompt" (fun (text: string | null) ->
            match Prompt.parse $"{text}../x" with
            | Error _ -> true
            | Ok prompt ->
                let slug = Prompt.slug prompt
                not (slug.Contains Path.DirectorySeparatorChar) && slug <> ".." && slug <> "" && slug.Length <= 60)
    ]
