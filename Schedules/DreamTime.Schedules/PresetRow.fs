namespace DreamTime.Schedules

/// A published timestep rule, written in the language. The numbers are the paper's `t`, one more than the index that the
/// implementations write; where they cut a fraction off, half a timestep less makes the nearest timestep the same one.
type internal PresetRow = { Name: string; Version: string; Description: string; Text: string }

module internal PresetRow =

    let create name version description text = {
        Name = name
        Version = version
        Description = description
        Text = text
    }
