namespace DreamTime;

/// <summary>Views that nothing can be reconstructed from; the message says which file or frame is wrong, and what would be right.</summary>
/// <param name="where">The file, and the place in it.</param>
/// <param name="reason">What is wrong, and what would be right.</param>
public sealed class DatasetException(string where, string reason) : IOException($"{where}: {reason}");
