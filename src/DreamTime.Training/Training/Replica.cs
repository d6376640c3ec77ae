using TorchSharp;
using static TorchSharp.torch;

namespace DreamTime.Training;

/// <summary>A copy of the network with a thread of its own, on which all its tensor operations run.</summary>
internal sealed class Replica : IDisposable
{
    private readonly SemaphoreSlim wake = new(0);
    private readonly SemaphoreSlim done = new(0);
    private readonly Thread thread;
    private Action? work;
    private Exception? failure;

    public Replica(PriorArchitecture architecture, DeviceType device)
    {
        Network = new PriorNetwork(architecture, device);
        Gradients = new float[Network.Layout.Length];
        thread = new Thread(Run) { IsBackground = true, Name = "replica" };
        thread.Start();
        Begin(OneThread);
        Wait();
    }

    public PriorNetwork Network { get; }

    /// <summary>Of the mean loss over the last batch's share.</summary>
    public float[] Gradients { get; }

    /// <summary>The mean loss over the last batch's share.</summary>
    public double Loss { get; private set; }

    /// <summary>Begins any work on the replica's thread.</summary>
    public void Begin(Action action)
    {
        work = action;
        wake.Release();
    }

    /// <summary>Begins loss and gradients of a share, with the given weights.</summary>
    public void BeginStep(VelocityObjective objective, TrainingBatch batch, int share, int shares, float[] weights) => Begin(() =>
    {
        using var scope = NewDisposeScope();
        Network.CopyFrom(weights);
        var loss = batch.Loss(objective, Network, share, shares);
        loss.backward();
        Loss = loss.item<float>();
        Network.TakeGradients(Gradients);
    });

    /// <summary>Begins the loss alone.</summary>
    public void BeginLoss(VelocityObjective objective, TrainingBatch batch, int share, int shares, float[] weights) => Begin(() =>
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        Network.CopyFrom(weights);
        Loss = batch.Loss(objective, Network, share, shares).item<float>();
    });

    /// <summary>Waits for the end of what was begun.</summary>
    public void Wait()
    {
        done.Wait();
        if (failure is { } error)
            throw new InvalidOperationException($"A training step failed: {error.Message}", error);
    }

    public void Dispose()
    {
        work = null;
        wake.Release();
        thread.Join();
        Network.Dispose();
        wake.Dispose();
        done.Dispose();
    }

    /// <summary>
    /// Tensor operations begun on this thread stay on it. libtorch takes the global number of threads over when a thread first asks for it, so it is asked here, before
    /// anyone changes that again.
    /// </summary>
    private static void OneThread()
    {
        set_num_threads(1);
        if (get_num_threads() is not 1 and var threads)
            throw new InvalidOperationException($"libtorch works with {threads} threads where 1 was asked for.");
    }

    private void Run()
    {
        for (; ; )
        {
            wake.Wait();
            if (work is not { } action)
                return;
            try
            {
                action();
            }
            catch (Exception error)
            {
                failure = error;
            }
            done.Release();
        }
    }
}
