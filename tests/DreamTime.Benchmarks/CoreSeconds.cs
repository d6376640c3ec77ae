using System.Runtime.InteropServices;

namespace DreamTime.Benchmarks;

/// <summary>
/// Time that this process has spent on all cores together. Unlike wall time it does not grow while other work holds the cores, as long as waiting threads sleep
/// (<c>OMP_WAIT_POLICY=PASSIVE</c>).
/// </summary>
internal static partial class CoreSeconds
{
    private const int ProcessCpuTime = 2;

    /// <summary>Seconds since the process began.</summary>
    public static double Now => clock_gettime(ProcessCpuTime, out var time) == 0
        ? time.Seconds + time.Nanoseconds / 1e9
        : throw new InvalidOperationException("The clock of the process's own time cannot be read.");

    [LibraryImport("libc")]
    private static partial int clock_gettime(int clock, out Time time);

    [StructLayout(LayoutKind.Sequential)]
    private struct Time
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
