namespace DreamTime.Training;

/// <summary>How far an inspection is.</summary>
/// <param name="Sheet">The file just written.</param>
/// <param name="Done">Sheets written.</param>
/// <param name="Sheets">Sheets in all.</param>
public readonly record struct InspectionProgress(string Sheet, int Done, int Sheets);
