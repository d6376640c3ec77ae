namespace DreamTime.Schedules

open System

/// What a random schedule draws from: a pure function of (seed, step, sample), so that a resumed run draws what an unbroken one would.
[<Struct>]
type internal Draw = {
    Seed: int64
    Step: int
    Sample: int
} with

    /// SplitMix64's finaliser (Steele et al. 2014).
    static member private Mix(state: uint64) =
        let z = state + 0x9E3779B97F4A7C15UL
        let z = (z ^^^ (z >>> 30)) * 0xBF58476D1CE4E5B9UL
        let z = (z ^^^ (z >>> 27)) * 0x94D049BB133111EBUL
        z ^^^ (z >>> 31)

    /// 64 bits. Words of one expression that draw at the same step have different channels; a word that draws again counts attempts.
    /// Frozen: runs depend on it.
    member draw.Bits(channel: int, attempt: int) =
        let bits =
            Draw.Mix(Draw.Mix(Draw.Mix(uint64 draw.Seed) ^^^ uint64 draw.Step) ^^^ uint64 draw.Sample)

        match (uint64 channel <<< 32) + uint64 attempt with
        | 0UL -> bits
        | index -> Draw.Mix(bits ^^^ index)

    /// A whole number in `low..high`, both included, all equally likely.
    member draw.Between(channel: int, low: int, high: int) =
        let count = uint64 (int64 high - int64 low + 1L)
        let mutable fraction = 0UL
        low + int (Math.BigMul(draw.Bits(channel, 0), count, &fraction))

    /// A number in [0, 1), a multiple of 2^-53.
    member draw.Fraction(channel: int, attempt: int) =
        float (draw.Bits(channel, attempt) >>> 11) * (1.0 / 9007199254740992.0)
