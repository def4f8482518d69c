using System.Diagnostics;
using MLNet.Sequence.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>The number of threads of libtorch during training, and the reason.</summary>
internal sealed record ThreadChoice(int Threads, string Reason)
{
    private const int WarmUp = 1, Timed = 3;

    public override string ToString() => $"{Threads} thread{(Threads == 1 ? "" : "s")} ({Reason})";

    public static ThreadChoice Make(TorchNetwork network, TrainingJob job, TrainingOptions options)
    {
        int all = Environment.ProcessorCount;
        if (options.Threads > all)
        {
            job.Warn($"Training.Threads is {options.Threads}; this machine has {all} {(all == 1 ? "core" : "cores")}, and more threads wait for each "
                + $"other: {all} are used.");
            return new ThreadChoice(all, $"{options.Threads} were requested, more than there are cores");
        }

        if (options.Threads is { } given)
            return new ThreadChoice(given, "as asked");
        if (job.Repeatable)
            return new ThreadChoice(1, "1, so that runs of a seed repeat");
        if (network.Device.type != DeviceType.CPU || all == 1)
            return new ThreadChoice(1, "the only choice here");
        double one = Time(1, network, job, options), many = Time(all, network, job, options);
        string measured = FormattableString.Invariant($"measured: {one * 1e3:F1} ms a step with 1, {many * 1e3:F1} ms with {all}");
        return new ThreadChoice(many < one ? all : 1, measured);
    }

    // Only forward and backward: the weights do not change, and the gradients are cleared.
    private static double Time(int threads, TorchNetwork network, TrainingJob job, TrainingOptions options)
    {
        using TorchThreads scope = TorchThreads.Use(threads);
        using var step = new TrainingStep(network, job.Objective, options);
        double best = double.PositiveInfinity;
        foreach (long[] examples in job.Training.Order(options.BatchSize, seed: 0).Take(WarmUp + Timed))
        {
            using var tensors = NewDisposeScope();
            Batch batch = job.Training.Load(examples, network.Device);
            long start = Stopwatch.GetTimestamp();
            step.Accumulate(batch, 1, 0);
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        network.Parameters.ClearGradients();
        return best;
    }
}
