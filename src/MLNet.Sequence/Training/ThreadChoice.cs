using MLNet.Sequence.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>The number of threads of a training, and the reason. It changes the duration, not the result.</summary>
internal sealed record ThreadChoice(int Threads, string Reason)
{
    private int Ranks { get; init; } = 1;

    public override string ToString() => $"{(Ranks == 1 ? "" : $"{Ranks} ranks of ")}{Threads} thread{(Threads == 1 ? "" : "s")} ({Reason})";

    public static ThreadChoice Make(Device device, TrainingJob job, TrainingOptions options)
    {
        int all = TorchWorkers.Cores, ranks = options.Cluster?.Size ?? 1;
        if (options.Threads > all)
        {
            job.Warn($"Training.Threads is {options.Threads}; this machine has {all} {(all == 1 ? "core" : "cores")}, and more threads wait for each "
                + $"other: {all} are used.");
            return new ThreadChoice(all, $"{options.Threads} were requested, more than there are cores") { Ranks = ranks };
        }

        if (device.type != DeviceType.CPU)
            return new ThreadChoice(1, "the GPU computes");
        // Ranks on the same machine share its cores.
        return (options.Threads, ranks) switch
        {
            ({ } given, _) => new ThreadChoice(given, "as requested") { Ranks = ranks },
            (null, > 1) => new ThreadChoice(1, "one for each rank") { Ranks = ranks },
            _ => new ThreadChoice(all, "all cores"),
        };
    }
}
