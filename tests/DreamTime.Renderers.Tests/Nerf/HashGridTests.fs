module DreamTime.Renderers.Tests.HashGridTests

#nowarn "9" // the kernels take pointers

open Expecto
open DreamTime.Renderers

/// Points of the unit cube as planes.
type internal Points = { X: float[]; Y: float[]; Z: float[] }

type internal Implementation = {
    Name: string
    /// Relative to the largest number. Float: a sum of 8 products of rounded weights, each a product of three, each within an ulp of 6e-8
    /// times the resolution, since a position is known to an ulp of 1 and a cell is 1/resolution wide.
    Tolerance: float
    Encode: HashGridLayout.Level -> float[] -> Points -> float[] * float[]
    Backward: HashGridLayout.Level -> int -> Points -> float[] -> float[] -> float[]
}

let internal reference = {
    Name = "double reference"
    Tolerance = 1e-12
    Encode =
        fun level table points ->
            Array.init points.X.Length (fun i ->
                let struct (a, b) =
                    HashGridReference.Encode(level, table, points.X[i], points.Y[i], points.Z[i])

                a, b)
            |> Array.unzip
    Backward =
        fun level size points g0 g1 ->
            let gradient = Array.zeroCreate size

            for i in 0 .. points.X.Length - 1 do
                HashGridReference.Backward(level, points.X[i], points.Y[i], points.Z[i], g0[i], g1[i], gradient)

            gradient
}

let internal vectors = {
    Name = "vectors"
    Tolerance = 2e-5
    Encode =
        fun level table points ->
            let n = points.X.Length
            let f0, f1 = Array.zeroCreate n, Array.zeroCreate n
            use t = fixed (Agreement.single table)
            use x = fixed (Agreement.single points.X)
            use y = fixed (Agreement.single points.Y)
            use z = fixed (Agreement.single points.Z)
            use p0 = fixed f0
            use p1 = fixed f1
            HashGrid.Encode(level, t, x, y, z, 0, n, p0, p1)
            Agreement.double f0, Agreement.double f1
    Backward =
        fun level size points g0 g1 ->
            let gradient: float32[] = Array.zeroCreate size
            use x = fixed (Agreement.single points.X)
            use y = fixed (Agreement.single points.Y)
            use z = fixed (Agreement.single points.Z)
            use p0 = fixed (Agreement.single g0)
            use p1 = fixed (Agreement.single g1)
            use g = fixed gradient
            HashGrid.Backward(level, x, y, z, 0, points.X.Length, p0, p1, g)
            Agreement.double gradient
}

/// Four dense levels of 4 to 14 cells and four hashed ones up to 64 cells.
let private layout =
    HashGridLayout(NerfOptions(Levels = 8, Log2TableSize = 12, BaseResolution = 4, FinestResolution = 64))

/// Random points, and the corners and faces of the cube.
let private points seed =
    let unit = Agreement.random seed (3 * 120) |> Array.map (fun x -> 0.5 + 0.5 * x)

    let corner axis =
        Array.init 8 (fun i -> float (i >>> axis &&& 1))

    {
        X = Array.append unit[..119] (corner 0)
        Y = Array.append unit[120..239] (corner 1)
        Z = Array.append unit[240..] (corner 2)
    }


let private each body =
    for level in layout.Levels do
        body level

let private testsOf (implementation: Implementation) =
    testList implementation.Name [
        testProperty "features and gradient are the definition's" (fun (seed: int) ->
            let table = Agreement.random seed (2 * layout.Entries)
            let points = points seed
            let g0, g1 = Agreement.random (seed + 1) 128, Agreement.random (seed + 2) 128

            each (fun level ->
                let e0, e1 = reference.Encode level table points
                let a0, a1 = implementation.Encode level table points
                Agreement.values "feature 0" implementation.Tolerance e0 a0
                Agreement.values "feature 1" implementation.Tolerance e1 a1

                Agreement.gradients
                    "table"
                    implementation.Tolerance
                    0.0
                    (reference.Backward level table.Length points g0 g1)
                    (implementation.Backward level table.Length points g0 g1)))

        testProperty "the gradient is the look-up's transpose: <encode t, g> = <t, backward g>" (fun (seed: int) ->
            let table = Agreement.random seed (2 * layout.Entries)
            let points = points seed
            let g0, g1 = Agreement.random (seed + 1) 128, Agreement.random (seed + 2) 128

            each (fun level ->
                let f0, f1 = implementation.Encode level table points
                let gradient = implementation.Backward level table.Length points g0 g1
                let inFeatures = Array.sum (Array.map2 (*) f0 g0) + Array.sum (Array.map2 (*) f1 g1)
                let inTable = Array.sum (Array.map2 (*) table gradient)

                Expect.floatClose
                    { absolute = 256.0 * implementation.Tolerance; relative = 0.0 }
                    inFeatures
                    inTable
                    ""))

        testProperty "a constant table is constant everywhere" (fun (seed: int) ->
            each (fun level ->
                let table =
                    Array.init (2 * layout.Entries) (fun i -> if i % 2 = 0 then 0.75 else -0.25)

                let f0, f1 = implementation.Encode level table (points seed)
                Agreement.values "feature 0" 1e-6 (Array.create 128 0.75) f0
                Agreement.values "feature 1" 1e-6 (Array.create 128 -0.25) f1))

        testCase "finite differences give the gradient"
        <| fun () ->
            let table = Agreement.random 5 (2 * layout.Entries)
            let points = points 6
            let g0, g1 = Agreement.random 7 128, Agreement.random 8 128

            each (fun level ->
                let loss () =
                    let f0, f1 = reference.Encode level table points
                    Array.sum (Array.map2 (*) f0 g0) + Array.sum (Array.map2 (*) f1 g1)

                let gradient = implementation.Backward level table.Length points g0 g1

                let touched =
                    Seq.filter (fun i -> gradient[i] <> 0.0) (seq { 0 .. gradient.Length - 1 })

                Agreement.finiteDifferences
                    "table"
                    (1e-7 + implementation.Tolerance)
                    (Seq.truncate 20 touched)
                    loss
                    table
                    gradient)

        testCase "a dense level that holds a linear function reproduces it"
        <| fun () ->
            let level = layout.Levels[0]
            let side = level.Resolution + 1
            let table = Array.zeroCreate (2 * layout.Entries)
            let plane x y z = 0.5 * x - 2.0 * y + z

            for z in 0 .. level.Resolution do
                for y in 0 .. level.Resolution do
                    for x in 0 .. level.Resolution do
                        let share i = float i / float level.Resolution
                        table[2 * (((z * side) + y) * side + x)] <- plane (share x) (share y) (share z)

            let points = points 3
            let f0, _ = implementation.Encode level table points
            Agreement.values "plane" 1e-6 (Array.map3 plane points.X points.Y points.Z) f0
    ]

let tests =
    testList "hash grid" [
        testsOf reference
        testsOf vectors

        testCase "levels grow geometrically from the base to the finest resolution"
        <| fun () ->
            let resolutions = [ for level in layout.Levels -> level.Resolution ]
            Expect.equal resolutions [ 4; 6; 9; 13; 20; 29; 43; 64 ] "4 * 16^(l/7), rounded"

        testCase "a hashed level stays within its entries, whatever the vertex"
        <| fun () ->
            each (fun level ->
                let next =
                    layout.Levels |> Seq.map _.Offset |> Seq.filter (fun o -> o > level.Offset)

                let room =
                    (if Seq.isEmpty next then layout.Entries else Seq.min next) - level.Offset

                for z in 0 .. level.Resolution do
                    for y in 0 .. level.Resolution do
                        let last = level.Row(y, z) + level.Resolution
                        Expect.isTrue (last < room && level.Row(y, z) >= 0) $"row {y}, {z} ends at {last} of {room}")
    ]
