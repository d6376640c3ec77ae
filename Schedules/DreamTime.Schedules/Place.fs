namespace DreamTime.Schedules

open System

/// Where on a run something stands: at a share of it, or at a step counted from its start.
[<RequireQualifiedAccess>]
type internal Position =
    | Share of u: float
    | Step of i: int

    override position.ToString() =
        match position with
        | Share u -> Number.show u
        | Step i -> $"step {i}"

/// A step of a run, or of a stage: a run by itself, whose first and last step need not be whole.
[<Struct>]
type internal Place = {
    Step: float
    Steps: float
} with

    /// The progress `i / N`, in [0, 1].
    member place.Progress = Math.Clamp(place.Step / place.Steps, 0.0, 1.0)

    /// The same place counted from the end; what is before the first step is the first.
    member place.Reversed: Place = { Step = min place.Steps (place.Steps + 1.0 - place.Step); Steps = place.Steps }

[<CompilationRepresentation(CompilationRepresentationFlags.ModuleSuffix)>]
module internal Place =

    /// A step of a run; beyond the ends it is at the end.
    let ofStep (step: int) (steps: int) = { Step = float (Math.Clamp(step, 0, steps)); Steps = float steps }

[<CompilationRepresentation(CompilationRepresentationFlags.ModuleSuffix)>]
module internal Position =

    /// A share and a run that are rounded, and their product, miss a whole step by a few ulp.
    let private rounding = 1e-12

    /// The step at which a share of a run ends; a product that misses a whole step by rounding is that step.
    let steps (run: float) position =
        match position with
        | Position.Step i -> float i
        | Position.Share u ->
            let steps = u * run
            let whole = Math.Round steps
            if abs (steps - whole) <= rounding * max 1.0 whole then whole else steps
