using System.Text.Json;
using DreamTime.Schedules;

namespace DreamTime.Diffusion;

/// <summary>
/// The views and words a prior was trained with, from <c>dreamtime.json</c> in its folder:
/// <c>{"fovy": 45, "distance": [2.6, 3], "elevation": [-10, 60], "known_words": ["mushroom", ...],
/// "view_captions": "words", "schedule": "dreamtime"}</c>, each range a pair or one number.
/// </summary>
public sealed record PriorViews
{
    /// <summary>The file's name.</summary>
    public const string FileName = "dreamtime.json";

    /// <summary>Vertical field of view, degrees.</summary>
    public required Interval FovY { get; init; }

    /// <summary>Distance of the camera from the object's centre; the object fits the unit sphere.</summary>
    public required Interval Distance { get; init; }

    /// <summary>Elevation of the camera, degrees, positive above.</summary>
    public required Interval Elevation { get; init; }

    /// <summary>The words in the training captions, lower case; null where the file has no list.</summary>
    public IReadOnlySet<string>? KnownWords { get; init; }

    /// <summary>How its captions say where a view is taken from: words, where the file does not say.</summary>
    public ViewCaptions Captions { get; init; }

    /// <summary>The timestep schedule that suits it, for runs that ask for none; null where the file has none.</summary>
    public ScheduleExpression? Schedule { get; init; }

    /// <summary>Reads the file's text.</summary>
    /// <param name="json">The text.</param>
    /// <exception cref="FormatException">It is no JSON object, or a key is missing or wrong; the message names it.</exception>
    public static PriorViews Parse(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            return new PriorViews
            {
                FovY = Range(root, "fovy", 0, 180),
                Distance = Range(root, "distance", 0, double.MaxValue),
                Elevation = Range(root, "elevation", -90, 90),
                KnownWords = root.TryGetProperty("known_words", out var words) ? Words(words) : null,
                Captions = root.TryGetProperty("view_captions", out var captions) ? CaptionsOf(captions) : ViewCaptions.Words,
                Schedule = root.TryGetProperty("schedule", out var schedule) ? ScheduleOf(schedule) : null,
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new FormatException($"{FileName} should be a JSON object: {e.Message}", e);
        }
    }

    private static Interval Range(JsonElement root, string key, double least, double most)
    {
        FormatException Wrong(string found) =>
            new(FormattableString.Invariant($"{FileName}: {key} is {found}, and should be a number or [low, high] in {least}..{most}."));

        if (!root.TryGetProperty(key, out var value))
            throw Wrong("missing");
        double[] numbers = value.ValueKind switch
        {
            JsonValueKind.Number => [value.GetDouble(), value.GetDouble()],
            JsonValueKind.Array when value.EnumerateArray().All(n => n.ValueKind == JsonValueKind.Number) =>
                [.. value.EnumerateArray().Select(n => n.GetDouble())],
            _ => [],
        };
        return numbers is [var low, var high] && low <= high && low >= least && high <= most
            ? new Interval(low, high)
            : throw Wrong(value.GetRawText());
    }

    private static ViewCaptions CaptionsOf(JsonElement captions) => captions.ValueKind == JsonValueKind.String ? captions.GetString() switch
    {
        "words" => ViewCaptions.Words,
        "degrees" => ViewCaptions.Degrees,
        var other => throw new FormatException($"{FileName}: view_captions is \"{other}\", and should be \"words\" or \"degrees\"."),
    }
    : throw new FormatException($"{FileName}: view_captions is {captions.GetRawText()}, and should be \"words\" or \"degrees\".");

    private static ScheduleExpression ScheduleOf(JsonElement schedule)
    {
        if (schedule.ValueKind != JsonValueKind.String)
            throw new FormatException($"{FileName}: schedule is {schedule.GetRawText()}, and should be a schedule's text.");
        try
        {
            return ScheduleExpression.Parse(schedule.GetString()!);
        }
        catch (FormatException e)
        {
            throw new FormatException($"{FileName}: schedule: {e.Message}", e);
        }
    }

    private static SortedSet<string> Words(JsonElement words) =>
        words.ValueKind == JsonValueKind.Array && words.EnumerateArray().All(w => w.ValueKind == JsonValueKind.String)
            ? new SortedSet<string>(words.EnumerateArray().Select(w => w.GetString()!), StringComparer.Ordinal)
            : throw new FormatException($"{FileName}: known_words should be a list of strings.");
}
