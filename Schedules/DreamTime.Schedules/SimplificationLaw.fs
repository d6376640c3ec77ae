namespace DreamTime.Schedules

/// A law by which an expression is simplified: both sides mean the same, and the right one is shorter.
[<Sealed>]
type SimplificationLaw internal (name: string, statement: string, isExact: bool, keepsScale: bool) =

    /// A short name.
    member _.Name = name

    /// The two sides and when they are equal, in the language; w and v are weights, s schedules.
    member _.Statement = statement

    /// Whether both sides are the same doubles. Otherwise they differ by rounding, as long as nothing over- or underflows on the way:
    /// normalised weights by a few parts in 10^13, and a timestep only where less than 1e-12 of a sum decides.
    member _.IsExact = isExact

    /// Whether the weight itself stays, and not only its normalised table; true for laws of schedules.
    /// Laws that change the scale are used where only the table counts, not below `+`, `min` and `max`.
    member _.KeepsScale = keepsScale

    /// The name and the statement.
    override _.ToString() = $"{name}: {statement}"
