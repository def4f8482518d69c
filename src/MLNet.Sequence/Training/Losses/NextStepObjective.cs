using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>
/// The mean loss per step over all valid steps of the batch. Outputs and targets are [B, T, F]: with <see cref="StepKind.MultiLabel"/> the
/// sum over features of the binary cross-entropy of logits, with <see cref="StepKind.Real"/> the mean over features of the squared error,
/// with <see cref="StepKind.Token"/> the cross-entropy of logits [B, T, tokens], or of the log-probabilities of the targets, [B, T, 1].
/// </summary>
internal sealed class NextStepObjective(StepKind kind) : IObjective
{
    public string LossName => kind switch
    {
        StepKind.Token => "cross-entropy per token, in nats",
        StepKind.MultiLabel => "cross-entropy per step, summed over its values, in nats",
        _ => "mean squared error per step, in deviations of the training rows",
    };

    public IReadOnlyList<MetricInfo> Metrics { get; } = [];

    public Tensor Loss(Tensor output, Batch batch)
    {
        // [B, T, F] → [B, T]
        Tensor steps = kind switch
        {
            StepKind.MultiLabel => nn.functional.binary_cross_entropy_with_logits(output, batch.Target, reduction: nn.Reduction.None).sum(2),
            StepKind.Token when output.shape[2] > 1 => CrossEntropy(output, batch.Target),
            StepKind.Token => -output.squeeze(2),
            _ => (output - batch.Target).Square().mean([2]),
        };
        if (batch.Lengths is not { } lengths)
            return steps.mean();
        Tensor padding = HeldNumbers.Arange(steps.shape[1], steps.device).unsqueeze(0).ge(lengths.unsqueeze(1)); // [B, T]
        return steps.MaskedFill(padding, 0).sum().Div(batch.Weight);
    }

    private static Tensor CrossEntropy(Tensor output, Tensor target) => nn.functional.cross_entropy(
        output.flatten(0, 1), target.flatten().to_type(ScalarType.Int64), reduction: nn.Reduction.None).view(output.shape[0], -1);

    public double[] Measure(Tensor output, Batch batch) => [];
}
