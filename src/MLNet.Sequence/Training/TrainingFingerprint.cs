using MLNet.Sequence.Torch;

namespace MLNet.Sequence.Training;

/// <summary>What must be the same in a resumed run for it to end as the run that it continues would have.</summary>
internal static class TrainingFingerprint
{
    public static string Of(TorchNetwork network, TrainingJob job, TrainingOptions options) => FormattableString.Invariant(
        $"""
        weights {network.Parameters.Values.shape[0]} in the order of layers ({network.Parameters.Decayed.Sum(part => part.Values.numel())} decay)
        training examples {job.Training.Count}
        validation examples {job.Validation?.Count ?? 0}
        batch size {options.BatchSize} × {options.AccumulationSteps}
        optimizer {options.Optimizer}
        monitor {options.Monitor}
        """) + (options.BackpropSteps is { } steps ? FormattableString.Invariant($"\nback-propagation through {steps} steps") : "")
        + (options.Truncation is { } last ? FormattableString.Invariant($"\nthe last {last} steps") : "")
        + (options.ParallelWarmUp is { } warmUp ? FormattableString.Invariant($"\nside by side after {warmUp} steps") : "");
}
