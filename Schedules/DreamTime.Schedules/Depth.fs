namespace DreamTime.Schedules

/// How deep an expression may be.
module internal Depth =

    /// Most operators above a word in the tree, so that walking a tree cannot exhaust a small stack, even before the JIT optimises.
    let most = 250
