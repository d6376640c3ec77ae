namespace DreamTime.Schedules

/// Finds the sum that is nearest to a target in a row of sums that never turns, in O(log n) and without allocation.
module internal NearestSum =

    /// The sign of rows that rise with the index, as tail sums from the top do.
    [<Literal>]
    let Rising = -1.0

    /// The sign of rows that fall with the index, as head sums do.
    [<Literal>]
    let Falling = 1.0

    /// Index of the first sum at the target or beyond; the last where none is.
    let firstAt (sums: float[]) (sign: float) (target: float) =
        let mutable low = 0
        let mutable high = sums.Length - 1

        while low < high do
            let middle = (low + high) >>> 1

            if sign * (sums[middle] - target) <= 0.0 then
                high <- middle
            else
                low <- middle + 1

        low

    /// The sign of `a + b - 2 target` without rounding, by the error of the addition (Knuth's TwoSum).
    /// Rounded distances would tie where they differ, and ties that come and go with the target let the timestep rise.
    let besideMiddle (a: float) (b: float) (target: float) =
        let sum = a + b
        let fromB = sum - a
        let error = (a - (sum - fromB)) + (b - fromB)

        if sum <> 2.0 * target then sum - 2.0 * target else error

    /// Index of the nearest sum, of equally near ones the first: the larger t.
    let index (sums: float[]) (sign: float) (target: float) =
        let after = firstAt sums sign target

        if after = 0 || sign * besideMiddle sums[after - 1] sums[after] target > 0.0 then
            after
        else
            firstAt sums sign sums[after - 1]

    /// `index` for a row of targets that go the way of the sums, all in O(n): `target k` for k in `0 .. count - 1`.
    let inline walk
        (sums: float[])
        (sign: float)
        count
        ([<InlineIfLambda>] target: int -> float)
        ([<InlineIfLambda>] found: int -> int -> unit)
        =
        let mutable after = 0

        for k in 0 .. count - 1 do
            let target = target k

            while after < sums.Length - 1 && sign * (sums[after] - target) > 0.0 do
                after <- after + 1

            if after = 0 || sign * besideMiddle sums[after - 1] sums[after] target > 0.0 then
                found k after
            else
                let mutable first = after - 1

                while first > 0 && sums[first - 1] = sums[first] do
                    first <- first - 1

                found k first
