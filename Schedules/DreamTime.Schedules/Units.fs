namespace DreamTime.Schedules

/// Counts optimisation steps `i`, 1..N.
[<Measure>]
type step

/// Counts diffusion timesteps `t` of the paper, 1..T.
[<Measure>]
type timestep
