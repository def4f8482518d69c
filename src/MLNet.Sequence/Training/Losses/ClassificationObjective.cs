using TorchSharp;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>
/// Cross-entropy of a logit per class, [B, classes]; the metric <c>accuracy</c> beside it, both weighted alike. With label
/// smoothing ε the target is 1 − ε on the class and ε / classes on all (Szegedy et al., arXiv 1512.00567, section 7).
/// </summary>
internal sealed class ClassificationObjective(double labelSmoothing) : IObjective
{
    public IReadOnlyList<MetricInfo> Metrics { get; } = [new("accuracy", HigherIsBetter: true)];

    public Tensor Loss(Tensor output, Batch batch) => RowMean.Of(
        nn.functional.cross_entropy(output, Classes(batch), reduction: nn.Reduction.None, label_smoothing: labelSmoothing), batch);

    public double[] Measure(Tensor output, Batch batch) =>
        [RowMean.Of(output.argmax(1).eq(Classes(batch)).to_type(ScalarType.Float32), batch).item<float>()];

    private static Tensor Classes(Batch batch) => batch.Target.to_type(ScalarType.Int64);
}
