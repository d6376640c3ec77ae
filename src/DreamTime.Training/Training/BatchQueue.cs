using System.Collections.Concurrent;

namespace DreamTime.Training;

/// <summary>Makes batches on a thread of its own, a few ahead of the trainer.</summary>
internal sealed class BatchQueue : IDisposable
{
    private const int Ahead = 4;

    private readonly BlockingCollection<TrainingBatch> ready = new(Ahead);
    private readonly CancellationTokenSource stop = new();
    private readonly Task producer;

    public BatchQueue(long firstStep, Func<long, CancellationToken, TrainingBatch> make) =>
        producer = Task.Factory.StartNew(
            () =>
            {
                try
                {
                    for (var step = firstStep; ; step++)
                        ready.Add(make(step, stop.Token), stop.Token);
                }
                finally
                {
                    ready.CompleteAdding();
                }
            },
            stop.Token, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>The next batch; throws what its making threw.</summary>
    public TrainingBatch Take()
    {
        if (ready.TryTake(out var batch, Timeout.Infinite))
            return batch;
        producer.GetAwaiter().GetResult();
        throw new InvalidOperationException("The batches ended without an error.");
    }

    public void Dispose()
    {
        stop.Cancel();
        try
        {
            producer.GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            // The producer has no other end.
        }
        ready.Dispose();
        stop.Dispose();
    }
}
