namespace DreamTime.Schedules

open System

/// A normal draw around a centre that is repeated until it lies in the range of the timesteps.
module internal TruncatedNormal =

    /// Box and Muller's transform of two fractions, the first not 0.
    let private standard (draw: Draw) channel attempt =
        let radius = sqrt (-2.0 * log (1.0 - draw.Fraction(channel, attempt)))
        radius * cos (2.0 * Math.PI * draw.Fraction(channel, attempt + 1))

    /// Accepts a normal draw that lies inside: at least one in five does while the deviation is below half the range.
    let rec private bySelection (draw: Draw) channel low high centre deviation attempt =
        let x = centre + deviation * standard draw channel attempt

        if x >= low && x < high then
            x
        else
            bySelection draw channel low high centre deviation (attempt + 2)

    /// Accepts a point of the range by the height of the curve there: for wide curves, which seldom hit the range themselves.
    let rec private byRejection (draw: Draw) channel low high centre deviation attempt =
        let x = low + (high - low) * draw.Fraction(channel, attempt)
        let z = (x - centre) / deviation

        if x < high && draw.Fraction(channel, attempt + 1) < exp (-z * z / 2.0) then
            x
        else
            byRejection draw channel low high centre deviation (attempt + 2)

    /// A real number in [1/2, T + 1/2), whose nearest whole number is the timestep. The centre is in 1..T.
    let between (draw: Draw) channel (timesteps: int) centre (deviation: float) =
        let low, high = 0.5, float timesteps + 0.5
        let deviation = abs deviation

        if deviation = 0.0 then
            centre
        elif deviation < (high - low) / 2.0 then
            bySelection draw channel low high centre deviation 0
        else
            byRejection draw channel low high centre deviation 0
