namespace DreamTime;

/// <summary>What <c>run.json</c> says: everything that a reader needs to know what was done, or to do it again.</summary>
public sealed record RunManifest
{
    /// <summary>What was asked for.</summary>
    public required string Prompt { get; init; }

    /// <summary><c>running</c>, <c>done</c>, <c>cancelled</c> or <c>failed</c>.</summary>
    public required string State { get; init; }

    /// <summary>Steps done so far.</summary>
    public required int StepsDone { get; init; }

    /// <summary>N.</summary>
    public required int Steps { get; init; }

    /// <summary>Names everything random.</summary>
    public required long Seed { get; init; }

    /// <summary>The schedule, printed in its language.</summary>
    public required string Schedule { get; init; }

    /// <summary>The content hash of the schedule.</summary>
    public required string ScheduleHash { get; init; }

    /// <summary>The prior's name.</summary>
    public required string Prior { get; init; }

    /// <summary>The content hash of the prior's weights.</summary>
    public required string PriorHash { get; init; }

    /// <summary>What was optimised.</summary>
    public required Representation Representation { get; init; }

    /// <summary>How the prior's opinion became a gradient.</summary>
    public required GuidanceOptions Guidance { get; init; }

    /// <summary>Views in a step.</summary>
    public required int Views { get; init; }

    /// <summary>What rendered: <c>cpu</c>, or a GPU's name.</summary>
    public required string Device { get; init; }

    /// <summary>Where the prior computed: <c>cpu</c>, <c>cuda</c> or <c>cuda, half precision</c>.</summary>
    public required string PriorDevice { get; init; }

    /// <summary>Threads that computed it; part of what makes a run reproducible.</summary>
    public required int Threads { get; init; }

    /// <summary>Versions of DreamTime and of .NET.</summary>
    public required string Versions { get; init; }

    /// <summary>Seconds the optimisation took so far.</summary>
    public required double Seconds { get; init; }
}
