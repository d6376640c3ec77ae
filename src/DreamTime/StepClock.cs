using System.Diagnostics;

namespace DreamTime;

/// <summary>Rate over the last steps, and what is left at that rate.</summary>
internal sealed class StepClock(int total)
{
    private const int Window = 20;
    private readonly Queue<long> _stamps = new([Stopwatch.GetTimestamp()]);

    public (double Rate, TimeSpan Remaining) Tick(int step)
    {
        var now = Stopwatch.GetTimestamp();
        var elapsed = Stopwatch.GetElapsedTime(_stamps.Peek(), now).TotalSeconds;
        var rate = elapsed > 0 ? _stamps.Count / elapsed : 0;
        _stamps.Enqueue(now);
        if (_stamps.Count > Window)
            _stamps.Dequeue();
        return (rate, rate > 0 ? TimeSpan.FromSeconds((total - step) / rate) : TimeSpan.Zero);
    }
}
