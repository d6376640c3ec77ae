namespace DreamTime.Schedules

open System

/// Residuals at a point and their slopes: row i, column p.
type internal Residuals = { Values: float[]; Slopes: float[][] }

/// Where a search ended.
type internal Minimum = { Point: float[]; Iterations: int; IsConverged: bool }

/// Levenberg and Marquardt's damped least squares (Marquardt 1963), for few unknowns.
module internal LeastSquares =

    let private mostIterations = 200

    /// A step this small, relative to the unknowns, changes nothing that a double shows in the sum.
    let private smallStep = 1e-13

    let private cost (residuals: Residuals) =
        residuals.Values |> Array.sumBy (fun r -> r * r)

    /// The normal equations: J'J and -J'r.
    let private normal (residuals: Residuals) unknowns =
        let matrix = Array2D.zeroCreate unknowns unknowns
        let right = Array.zeroCreate unknowns

        for value, slopes in Array.zip residuals.Values residuals.Slopes do
            for p in 0 .. unknowns - 1 do
                right[p] <- right[p] - slopes[p] * value

                for q in 0..p do
                    matrix[p, q] <- matrix[p, q] + slopes[p] * slopes[q]

        matrix, right

    /// Solves a symmetric positive definite system whose lower triangle is given (Cholesky); None where it is not definite.
    let private solve (matrix: float[,]) (right: float[]) =
        let n = right.Length
        let lower = Array2D.zeroCreate n n
        let mutable isDefinite = true

        for i in 0 .. n - 1 do
            for j in 0..i do
                let mutable sum = matrix[i, j]

                for k in 0 .. j - 1 do
                    sum <- sum - lower[i, k] * lower[j, k]

                if i <> j then lower[i, j] <- sum / lower[j, j]
                elif sum > 0.0 then lower[i, i] <- sqrt sum
                else isDefinite <- false

        if not isDefinite then
            None
        else
            let x = Array.copy right

            for i in 0 .. n - 1 do
                for k in 0 .. i - 1 do
                    x[i] <- x[i] - lower[i, k] * x[k]

                x[i] <- x[i] / lower[i, i]

            for i in n - 1 .. -1 .. 0 do
                for k in i + 1 .. n - 1 do
                    x[i] <- x[i] - lower[k, i] * x[k]

                x[i] <- x[i] / lower[i, i]

            Some x

    /// Adds to the diagonal its own share; an unknown without effect gets a floor, so that it stays where it is.
    let private damped (matrix: float[,]) damping =
        let n = Array2D.length1 matrix
        let largest = seq { for p in 0 .. n - 1 -> matrix[p, p] } |> Seq.max

        Array2D.init n n (fun p q ->
            if p = q then
                matrix[p, p] + damping * (matrix[p, p] + 1e-12 * largest) + 1e-300
            else
                matrix[p, q])

    /// The point near a start at which the sum of squares is least. `residuals` gives None where there are none, and the search avoids it.
    let minimise (residuals: float[] -> Residuals option) (start: float[]) (first: Residuals) : Minimum =
        let isTiny (step: float[]) (point: float[]) =
            Array.forall2 (fun s x -> abs s <= smallStep * (abs x + smallStep)) step point

        let rec search point current damping iteration =
            let ended isConverged = { Point = point; Iterations = iteration; IsConverged = isConverged }

            if cost current = 0.0 then
                ended true
            elif iteration = mostIterations then
                ended false
            else
                let matrix, right = normal current start.Length

                match solve (damped matrix damping) right with
                | Some step when isTiny step point -> ended true
                | None when damping > 1e15 -> ended false
                | None -> search point current (damping * 10.0) (iteration + 1)
                | Some step ->
                    let next = Array.map2 (+) point step

                    match residuals next with
                    | Some better when cost better < cost current ->
                        search next better (max 1e-15 (damping / 10.0)) (iteration + 1)
                    | _ when damping > 1e15 -> ended true
                    | _ -> search point current (damping * 10.0) (iteration + 1)

        search start first 1e-3 0
