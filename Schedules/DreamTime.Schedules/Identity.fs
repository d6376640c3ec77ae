namespace DreamTime.Schedules

open System
open System.Security.Cryptography
open System.Text

/// The name of an expression by its content.
module internal Identity =

    /// Grows when the language gives a text another meaning, so that no checkpoint is resumed with another schedule.
    let version = 1

    /// SHA-256, in hexadecimal, of the version and the canonical text.
    let hash (text: string) =
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes $"dreamtime schedule {version}\n{text}"))
