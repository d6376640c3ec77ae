/// How the result of a kernel must agree with the definition in double, and gradients with finite differences.
module internal DreamTime.Renderers.Tests.Agreement

open System
open Expecto

let private largest (numbers: float[]) =
    numbers |> Array.fold (fun m x -> max m (abs x)) 0.0

/// Every number within an absolute difference.
let within what allowed (expected: float[]) (actual: float[]) =
    Expect.equal actual.Length expected.Length $"{what}: as many numbers"

    Array.iteri2
        (fun i e a ->
            if not (abs (a - e) <= allowed) then
                failtest $"{what}[{i}] is {a}, the definition gives {e}; allowed is a difference of {allowed}")
        expected
        actual

/// Every number within `tolerance` of the largest expected one: rounding scales with the largest term of a sum, not with the sum.
let values what tolerance (expected: float[]) actual =
    within what (tolerance * max (largest expected) 1e-30) expected actual

let private dot (a: float[]) (b: float[]) =
    Array.fold2 (fun sum x y -> sum + x * y) 0.0 a b

/// Gradients: elementwise, but for `flips` of the entries (a ReLU whose input rounds to the other side of 0 changes all entries of one sample);
/// the same direction; the same entries exactly zero.
let gradients what tolerance flips (expected: float[]) (actual: float[]) =
    Expect.equal actual.Length expected.Length $"{what}: as many numbers"
    let allowed = tolerance * max (largest expected) 1e-30

    let count predicate =
        Seq.zip expected actual |> Seq.filter predicate |> Seq.length

    let permitted = int (floor (flips * float expected.Length))
    let off = count (fun (e, a) -> not (abs (a - e) <= allowed))
    Expect.isLessThanOrEqual off permitted $"{what}: entries off by more than {allowed}, of {expected.Length}"

    let cosine =
        dot expected actual / Math.Sqrt(dot expected expected * dot actual actual)

    Expect.isGreaterThan cosine 0.999999 $"{what}: cosine"
    let zeros = count (fun (e, a) -> (e = 0.0) <> (a = 0.0))
    Expect.isLessThanOrEqual zeros permitted $"{what}: entries that are zero in one result only"
    Expect.isGreaterThan (largest expected) 0.0 $"{what}: the gradient is not zero altogether"

/// Some entries of a gradient against central differences of a smooth scalar function in double.
let finiteDifferences what tolerance (entries: int seq) (f: unit -> float) (parameters: float[]) (gradient: float[]) =
    let allowed = tolerance * max (largest gradient) 1e-30

    for i in entries do
        let h = 1e-5
        let at = parameters[i]
        parameters[i] <- at + h
        let above = f ()
        parameters[i] <- at - h
        let below = f ()
        parameters[i] <- at
        let slope = (above - below) / (2.0 * h)

        if not (abs (slope - gradient[i]) <= allowed) then
            failtest
                $"{what}[{i}] is {gradient[i]}, finite differences give {slope}; allowed is a difference of {allowed}"

let single (numbers: float[]) = Array.map float32 numbers
let double (numbers: float32[]) = Array.map float numbers

/// Numbers in -1..1 that float32 holds exactly, so that both precisions start from the same input.
let random (seed: int) count =
    let generator = Random seed
    Array.init count (fun _ -> float (float32 (2.0 * generator.NextDouble() - 1.0)))
