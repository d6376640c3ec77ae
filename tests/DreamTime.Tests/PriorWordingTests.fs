/// What a prior is told about a view, and which schedule it follows: as its folder says.
module DreamTime.Tests.PriorWordingTests

open DreamTime
open DreamTime.Diffusion
open DreamTime.Renderers
open DreamTime.Schedules
open Expecto
open TorchSharp

let tests =
    testList "PriorWording" [
        test "a prior whose captions had degrees is told degrees, and follows its own schedule" {
            use _ = torch.NewDisposeScope()
            use prior = Prior.Load PriorSource.Embedded
            use conditioning = new PromptConditioning(prior, "a blue cube", true)

            let told =
                conditioning.For [| View.Orbit(44f, 31f, 2.8f, 45f); View.Orbit(-92f, -4f, 2.8f, 45f) |]

            let expected =
                torch.cat [|
                    prior.EncodePrompt "a blue cube, view 45 30"
                    prior.EncodePrompt "a blue cube, view 270 0"
                |]

            Expect.isTrue (told.Text.equal(expected).all().ToBoolean()) "the wording of each view"
            let own = TextTo3D.ScheduleOf(prior, TextTo3DOptions())
            Expect.equal (string own) "snr * gaussian 300 125" "its schedule"

            let asked =
                TextTo3D.ScheduleOf(prior, TextTo3DOptions(Schedule = ScheduleExpression.Parse "sds"))

            Expect.equal asked (ScheduleExpression.Parse "sds") "an option goes before it"
        }
    ]
