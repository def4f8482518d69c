using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>
/// The mean cross-entropy per token of the target, its end included, and the metric <c>accuracy</c>. Outputs are logits [B, U, tokens],
/// targets [B, U], padded with <see cref="SequenceBatches.Padding"/>. With label smoothing ε the actual token has the probability 1 − ε + ε /
/// tokens, each other token ε / tokens (Szegedy et al., arXiv 1512.00567, section 7).
/// </summary>
internal sealed class TargetObjective(double labelSmoothing) : IObjective
{
    public string LossName => "cross-entropy per token, in nats";

    public IReadOnlyList<MetricInfo> Metrics { get; } = [MetricInfo.Accuracy];

    public Tensor Loss(Tensor output, Batch batch) => nn.functional.cross_entropy(
        output.flatten(0, 1), batch.Target.flatten().to_type(ScalarType.Int64), ignore_index: SequenceBatches.Padding, reduction: nn.Reduction.None,
        label_smoothing: labelSmoothing).sum().Div(batch.Weight);

    public double[] Measure(Tensor output, Batch batch) =>
        [output.argmax(2).eq(batch.Target.to_type(ScalarType.Int64)).to_type(ScalarType.Float32).sum().item<float>() / batch.Weight];
}
