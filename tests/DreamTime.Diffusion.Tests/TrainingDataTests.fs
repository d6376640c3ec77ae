module DreamTime.Diffusion.Tests.TrainingDataTests

open System
open System.Numerics
open System.Text.RegularExpressions
open Expecto
open FsCheck
open DreamTime.Diffusion.Tests
open DreamTime.Renderers
open DreamTime.Training

let private size = 16

let private render (seed: int64) (index: int64) =
    let scene = SceneSampler.At(seed, index)
    let image = Array.zeroCreate<float32>(3 * size * size)
    SceneRenderer.Render(scene, size, image)
    scene.Caption, image

let private captions count = [ for index in 0L .. count - 1L -> SceneSampler.At(1L, index).Caption ]

let private words (name: string) (synonyms: string seq) =
    String.Join("|", Seq.append [ name ] synonyms)

let tests =
    testList "Training data" [
        testPropertyWithConfig
            { FsCheckConfig.defaultConfig with maxTest = 20 }
            "a picture is a pure function of seed and index, alone or within a batch"
            (fun (seed: int64) (NonNegativeInt index) ->
                let batch = CaptionedBatch.Render(seed, int64 index, 3, size)
                let pixels = 3 * size * size

                for i in 0..2 do
                    let caption, image = render seed (int64 (index + i))
                    Expect.equal batch.Captions[i] caption "caption"
                    Expect.sequenceEqual batch.Images[i * pixels .. (i + 1) * pixels - 1] image "pixels")

        test "other seeds and other indices give other pictures" {
            let _, image = render 1L 0L
            Expect.notEqual (snd (render 2L 0L)) image "seed"
            Expect.notEqual (snd (render 1L 1L)) image "index"
        }

        test "never-trained pairs of class and colour are in no caption of 20,000, and each of the others is in some" {
            let text = String.Join("\n", captions 20_000L)

            let count (one: ObjectClass) (color: PaletteColor) =
                let colors = words color.Name (Option.toList (Option.ofObj color.Synonym))
                Regex.Count(text, $@"\b({colors}) ({words one.Name one.Synonyms})\b")

            for one in Catalogue.Classes do
                for color in Palette.Colors do
                    let found = count one color

                    if Catalogue.NeverTrained |> Seq.contains (struct (one.Name, color.Name)) then
                        Expect.equal found 0 $"{color.Name} {one.Name} is never trained"
                    else
                        Expect.isGreaterThan found 0 $"{color.Name} {one.Name} is trained"
        }

        test "the never-trained pairs are about one in thirteen, and none is an object that the first examples ask for" {
            let pairs = Catalogue.Classes.Count * Palette.Colors.Count
            let share = float Catalogue.NeverTrained.Count / float pairs
            Expect.isTrue (share > 1.0 / 16.0 && share < 1.0 / 10.0) $"{Catalogue.NeverTrained.Count} of {pairs}"

            for wanted in
                [
                    struct ("sphere", "red")
                    struct ("cube", "blue")
                    struct ("cone", "green")
                    struct ("torus", "yellow")
                    struct ("mushroom", "red")
                    struct ("table", "brown")
                    struct ("snowman", "white")
                ] do
                Expect.isFalse (Seq.contains wanted Catalogue.NeverTrained) $"{wanted}"
        }

        test "a tenth of the captions is empty; of the others six tenths tell the view in degrees, two tenths in a word" {
            let all = captions 20_000L
            let shown = all |> List.filter (fun caption -> caption <> "")
            let inDegrees = shown |> List.filter (fun caption -> caption.Contains ", view ")
            let inWords = shown |> List.filter (fun caption -> caption.EndsWith " view")
            // 5 standard deviations of a binomial count of 20,000
            Expect.isLessThan (abs (float (all.Length - shown.Length) / 20_000.0 - 0.1)) 0.011 "empty"
            Expect.isLessThan (abs (float inDegrees.Length / float shown.Length - 0.6)) 0.019 "degrees"
            Expect.isLessThan (abs (float inWords.Length / float shown.Length - 0.2)) 0.019 "words"
        }

        test "every shape of every class stays inside its sphere and reaches it" {
            for one in Catalogue.Classes do
                for index in 0L .. 4L do
                    let shape = Shape.Of(one.Build.Invoke(RandomStream(3L, index)))
                    let mutable nearest = 0

                    let distances = [
                        for i in 0..499 do
                            let random = RandomStream(11L, int64 i)
                            let direction = Vector3.Normalize(random.Cube())
                            shape.Distance(direction * Shape.Radius * 1.03f, &nearest)
                    ]

                    Expect.isGreaterThan (List.min distances) 0f $"{one.Name} {index} sticks out"

                    let reach =
                        shape.Parts
                        |> Seq.filter (fun part -> not part.Carved)
                        |> Seq.collect (fun part -> part.Extremes())
                        |> Seq.map (fun point -> point.Length())
                        |> Seq.max

                    Expect.floatClose Accuracy.medium (float reach) (float Shape.Radius) $"{one.Name} {index}"
        }

        test "an object is never cut off: rays along the picture's border pass its sphere by" {
            for index in 0L .. 199L do
                let camera = SceneSampler.At(5L, index).Camera

                for k in 0..size do
                    let along = float32 k

                    for x, y in [ along, 0f; along, float32 size; 0f, along; float32 size, along ] do
                        let ray = camera.RayDirection(x, y, size, size)
                        let miss = Vector3.Cross(camera.Position, ray).Length()
                        Expect.isGreaterThan miss Shape.Radius $"scene {index}"
        }

        test "the distance never exceeds the true one by more than sphere tracing allows" {
            // A step of 0.95 d must not pass the surface: |d(p) - d(q)| <= |p - q| / 0.95 along rays that approach.
            for one in Catalogue.Classes do
                let shape = Shape.Of(one.Build.Invoke(RandomStream(3L, 0L)))
                let mutable nearest = 0

                for i in 0..199 do
                    let random = RandomStream(13L, int64 i)
                    let p = random.Cube() * 1.2f
                    let distance = shape.Distance(p, &nearest)

                    if distance > 0f then
                        let q = p + Vector3.Normalize(random.Cube()) * distance * 0.95f
                        Expect.isGreaterThan (shape.Distance(q, &nearest)) -0.02f $"{one.Name} at {p}"
        }
    ]
