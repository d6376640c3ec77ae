namespace DreamTime;

/// <summary>A folder that cannot take a run; the message says why and what to do.</summary>
public sealed class RunFolderException : IOException
{
    /// <summary>A refusal.</summary>
    /// <param name="path">The folder asked for.</param>
    /// <param name="reason">What is in the way, and what would help.</param>
    public RunFolderException(string path, string reason) : base($"'{path}' {reason}") => Path = path;

    /// <summary>The folder asked for.</summary>
    public string Path { get; }
}
