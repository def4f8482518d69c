using MLNet.Sequence.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>The number of threads of a training, and the reason. It changes the duration, not the result.</summary>
internal sealed record ThreadChoice(int Threads, string Reason)
{
    public override string ToString() => $"{Threads} thread{(Threads == 1 ? "" : "s")} ({Reason})";

    public static ThreadChoice Make(Device device, TrainingJob job, TrainingOptions options)
    {
        int all = TorchWorkers.Cores;
        if (options.Threads > all)
        {
            job.Warn($"Training.Threads is {options.Threads}; this machine has {all} {(all == 1 ? "core" : "cores")}, and more threads wait for each "
                + $"other: {all} are used.");
            return new ThreadChoice(all, $"{options.Threads} were requested, more than there are cores");
        }

        if (device.type != DeviceType.CPU)
            return new ThreadChoice(1, "the GPU computes");
        return options.Threads is { } given ? new ThreadChoice(given, "as requested") : new ThreadChoice(all, "all cores");
    }
}
