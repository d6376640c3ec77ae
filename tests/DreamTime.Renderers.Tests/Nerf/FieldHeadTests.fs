module DreamTime.Renderers.Tests.FieldHeadTests

open System.Runtime.Intrinsics
open Expecto
open DreamTime.Renderers

type internal Implementation = {
    Name: string
    /// Relative for large results. Float: exp and log within a few ulp, and log(1 + e) loses e below an ulp of 1.
    Tolerance: float
    Density: DensityActivation -> float -> float
    Derivative: DensityActivation -> float -> float
    Sigmoid: float -> float
    Blob: DensityBlob -> float -> float -> float -> float -> float
}

let private lane (result: Vector256<float32>) = float (result.GetElement 5)
let private vector (x: float) = Vector256.Create(float32 x)

let internal implementations = [
    {
        Name = "double reference"
        Tolerance = 1e-12
        Density = fun a x -> FieldHeadReference.Density(a, x)
        Derivative = fun a x -> FieldHeadReference.DensityDerivative(a, x)
        Sigmoid = FieldHeadReference.Sigmoid
        Blob = fun b r x y z -> FieldHeadReference.Blob(b, r, x, y, z)
    }
    {
        Name = "vectors"
        Tolerance = 1e-6
        Density = fun a x -> lane (FieldHead.Density(a, vector x))
        Derivative = fun a x -> lane (FieldHead.DensityDerivative(a, vector x))
        Sigmoid = vector >> FieldHead.Sigmoid >> lane
        Blob = fun b r x y z -> lane (FieldHead.Blob(b, float32 r, vector x, vector y, vector z))
    }
]

let private activations = [ DensityActivation.Softplus; DensityActivation.TruncatedExponential ]

let private close tolerance expected actual =
    Expect.floatClose { absolute = tolerance; relative = tolerance } actual expected ""

let private testsOf (implementation: Implementation) =
    testList implementation.Name [
        testProperty "densities, derivatives and colours are the definition's" (fun (seed: int) ->
            for x in Agreement.random seed 16 do
                let x = float (float32 (12.0 * x))

                for activation in activations do
                    // Softplus as written overflows; here it is within range.
                    close
                        (2.0 * implementation.Tolerance)
                        (FieldHeadReference.Density(activation, x))
                        (implementation.Density activation x)

                    close
                        (2.0 * implementation.Tolerance)
                        (FieldHeadReference.DensityDerivative(activation, x))
                        (implementation.Derivative activation x)

                close implementation.Tolerance (1.0 / (1.0 + exp -x)) (implementation.Sigmoid x))

        testCase "derivatives are the slope, up to the truncation at 15"
        <| fun () ->
            for activation in activations do
                for x in [ -6.0; -1.0; 0.0; 0.5; 3.0; 14.0 ] do
                    let slope =
                        (FieldHeadReference.Density(activation, x + 1e-5)
                         - FieldHeadReference.Density(activation, x - 1e-5))
                        / 2e-5

                    Expect.floatClose
                        { absolute = 1e-6; relative = 3e-6 }
                        (implementation.Derivative activation x)
                        slope
                        $"{activation} at {x}"

            Expect.floatClose
                Accuracy.medium
                (implementation.Derivative DensityActivation.TruncatedExponential 40.0)
                (exp 15.0)
                "truncated"

        testCase "extreme outputs give finite densities and colours between 0 and 1"
        <| fun () ->
            for x in [ -1e30; -1e4; -100.0; 100.0; 1e4 ] do
                let color = implementation.Sigmoid x
                Expect.isTrue (color >= 0.0 && color <= 1.0) $"colour {color} at {x}"
                let density = implementation.Density DensityActivation.TruncatedExponential x
                Expect.isTrue (density >= 0.0 && System.Double.IsFinite density) $"density {density} at {x}"

        testCase "the blobs are their papers'"
        <| fun () ->
            // The middle of the unit cube is the origin; (0.75, 0.5, 0.5) is half a radius from it.
            close 1e-5 10.0 (implementation.Blob DensityBlob.Magic3D 1.0 0.5 0.5 0.5)
            close 1e-5 0.0 (implementation.Blob DensityBlob.Magic3D 1.0 0.75 0.5 0.5)
            close 1e-5 -10.0 (implementation.Blob DensityBlob.Magic3D 1.0 0.5 0.0 0.5)
            close 1e-5 -10.0 (implementation.Blob DensityBlob.Magic3D 2.0 0.5 0.5 0.25)
            close 1e-5 5.0 (implementation.Blob DensityBlob.DreamFusion 1.0 0.5 0.5 0.5)
            close 1e-5 (5.0 * exp -0.5) (implementation.Blob DensityBlob.DreamFusion 1.0 0.6 0.5 0.5)
            close 1e-5 0.0 (implementation.Blob DensityBlob.None 1.0 0.3 0.5 0.5)
    ]

let tests = testList "densities and colours" (List.map testsOf implementations)
