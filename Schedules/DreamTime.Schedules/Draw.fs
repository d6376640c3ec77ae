namespace DreamTime.Schedules

open System

/// What a random schedule draws from: a pure function of (seed, step, sample), so that a resumed run draws what an unbroken one would.
[<Struct>]
type internal Draw = {
    Seed: int64
    Step: int
    Sample: int
} with

    /// 64 bits by SplitMix64's finaliser (Steele et al. 2014) over the three numbers. Frozen: runs depend on it.
    member draw.Bits =
        let mix (state: uint64) =
            let z = state + 0x9E3779B97F4A7C15UL
            let z = (z ^^^ (z >>> 30)) * 0xBF58476D1CE4E5B9UL
            let z = (z ^^^ (z >>> 27)) * 0x94D049BB133111EBUL
            z ^^^ (z >>> 31)

        mix (mix (mix (uint64 draw.Seed) ^^^ uint64 draw.Step) ^^^ uint64 draw.Sample)

    /// A whole number in `low..high`, both included, all equally likely.
    member draw.Between(low: int, high: int) =
        let count = uint64 (int64 high - int64 low + 1L)
        let mutable fraction = 0UL
        low + int (Math.BigMul(draw.Bits, count, &fraction))
