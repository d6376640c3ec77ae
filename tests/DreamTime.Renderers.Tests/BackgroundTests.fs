/// What stands behind the object.
module DreamTime.Renderers.Tests.BackgroundTests

open System
open System.Numerics
open Expecto
open DreamTime.Renderers

let private cameras = [| Camera.Orbit(20f, 10f, 2.8f, 45f); Camera.Orbit(150f, -30f, 2.8f, 45f) |]

let private backgrounds: (string * (unit -> Background)) list = [
    "checker", (fun () -> TexturedBackground(false, 5L))
    "noise", (fun () -> TexturedBackground(true, 5L))
    "learned", (fun () -> LearnedBackground(5L, randomShare = 0.0))
]

let private half () =
    let images = Images(2, 9, 12)
    Array.Fill(images.Opacity, 0.5f)
    images

let private present (values: float32[] | null) =
    match values with
    | null -> failtest "it is there"
    | values -> Agreement.double values

let tests =
    testList "backgrounds" [
        for name, make in backgrounds do
            test $"colours lie in 0..1 and are a pure function of seed and step: {name}" {
                let painted step =
                    let images = Images(2, 9, 12)
                    (make ()).Behind(images, cameras, step)
                    images.Color

                Expect.all (painted 3) (fun c -> c >= 0f && c <= 1f) "range"
                Expect.equal (painted 3) (painted 3) "again"
                Expect.isGreaterThan (Array.max (painted 3) - Array.min (painted 3)) 0.001f "not one colour"
            }

            test $"what stands behind is seen through what is transparent, and its gradient goes to the opacity: {name}" {
                let background = make ()
                let whole, images = Images(2, 9, 12), half ()
                background.Behind(whole, cameras, 3)
                background.Behind(images, cameras, 3)

                Agreement.values
                    "half"
                    1e-6
                    (Agreement.double whole.Color |> Array.map ((*) 0.5))
                    (Agreement.double images.Color)

                let color = Agreement.single (Agreement.random 7 images.Color.Length)

                let gradients = background.Backward(images, ImageGradients(Color = color))

                let expected =
                    Array.init images.Opacity.Length (fun i ->
                        let plane = 9 * 12

                        -Seq.sum(
                            seq {
                                for channel in 0..2 do
                                    let at = (3 * (i / plane) + channel) * plane + i % plane
                                    float color[at] * float whole.Color[at]
                            }
                        ))

                Agreement.values "opacity" 1e-6 expected (present gradients.Opacity)
                Expect.equal (present gradients.Color) (Agreement.double color) "colour passes"
            }

        test "a learned background's gradient is the definition's" {
            let background = LearnedBackground(5L, randomShare = 0.0)
            let images = half ()
            background.Behind(images, cameras, 1)
            let color = Agreement.random 7 images.Color.Length
            background.Backward(images, ImageGradients(Color = Agreement.single color)) |> ignore
            let weights = Agreement.double background.Weights.Values
            let expected: float[] = Array.zeroCreate weights.Length

            for view in 0..1 do
                for pixel in 0..107 do
                    let d =
                        cameras[view].RayDirection(float32 (pixel % 12) + 0.5f, float32 (pixel / 12) + 0.5f, 12, 9)

                    let x, y, z = float d.X, float d.Y, float d.Z

                    let basis = [| 1.0; x; y; z; x * y; y * z; x * z; x * x - y * y; 3.0 * z * z - 1.0; 0.0; 0.0; 0.0 |]

                    let activations = MlpReference.Forward(LearnedBackground.Layout, weights, basis)

                    let slopes =
                        Array.init 4 (fun channel ->
                            if channel = 3 then
                                0.0
                            else
                                let seen = FieldHeadReference.Sigmoid((Array.last activations)[channel])
                                0.5 * color[(3 * view + channel) * 108 + pixel] * seen * (1.0 - seen))

                    MlpReference.Backward(LearnedBackground.Layout, weights, activations, slopes, expected) |> ignore

            Agreement.gradients "weights" 1e-4 0.0 expected (Agreement.double background.Weights.Gradient)
        }

        test "a learned background goes on from its state, and refuses one that is cut off" {
            let learn (background: LearnedBackground) steps =
                for step in steps do
                    let images = Images(2, 5, 5)
                    background.Behind(images, cameras, step)
                    background.Backward(images, ImageGradients(Color = images.Color)) |> ignore
                    background.Step()

            let unbroken, resumed = LearnedBackground 5L, LearnedBackground 5L
            learn unbroken [ 1..4 ]
            use state = new System.IO.MemoryStream()
            unbroken.WriteState state
            let bytes = state.ToArray()

            Expect.throwsT<System.IO.InvalidDataException>
                (fun () -> resumed.ReadState(new System.IO.MemoryStream(bytes[.. bytes.Length - 2])))
                "cut off"

            resumed.ReadState(new System.IO.MemoryStream(bytes))
            learn unbroken [ 5..8 ]
            learn resumed [ 5..8 ]
            Expect.equal resumed.Weights.Values unbroken.Weights.Values ""
        }

        test "a learned background learns a colour, and half of the views see a random one instead" {
            let background = LearnedBackground(5L, learningRate = 0.02f)

            for step in 1..300 do
                let images = Images(2, 5, 5)
                background.Behind(images, cameras, step)
                let wanted = [| 0.2f; 0.7f; 0.4f |]

                let color = images.Color |> Array.mapi (fun i c -> c - wanted[i / 25 % 3])

                background.Backward(images, ImageGradients(Color = color)) |> ignore
                background.Step()

            let near =
                [
                    for step in 1..100 do
                        let images = Images(2, 5, 5)
                        background.Behind(images, cameras, step)

                        Vector3.Distance(
                            Vector3(images.Color[0], images.Color[25], images.Color[50]),
                            Vector3(0.2f, 0.7f, 0.4f)
                        )
                            <
                            0.05f
                ]
                |> List.filter id
                |> List.length

            Expect.isTrue (near > 30 && near < 70) $"{near} of 100"
        }
    ]
