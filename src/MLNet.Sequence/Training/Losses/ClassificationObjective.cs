using TorchSharp;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>
/// Cross-entropy of a logit per class, [B, classes]; the metric <c>accuracy</c> beside it, both weighted alike. With label
/// smoothing ε the target is 1 − ε on the class and ε / classes on all (Szegedy et al., arXiv 1512.00567, section 7). With
/// γ > 0 the focal loss in its place (<see cref="FocalLoss"/>).
/// </summary>
internal sealed class ClassificationObjective(double labelSmoothing, float focalGamma = 0) : IObjective
{
    public IReadOnlyList<MetricInfo> Metrics { get; } = [MetricInfo.Accuracy];

    public Tensor Loss(Tensor output, Batch batch) => RowMean.Of(Losses(output, Classes(batch)), batch);

    public double[] Measure(Tensor output, Batch batch) =>
        [RowMean.Of(output.argmax(1).eq(Classes(batch)).to_type(ScalarType.Float32), batch).item<float>()];

    private Tensor Losses(Tensor output, Tensor classes) => focalGamma > 0
        ? FocalLoss.Of(output.log_softmax(1).gather(1, classes.unsqueeze(1)).squeeze(1), focalGamma) // [B, classes] → [B]
        : nn.functional.cross_entropy(output, classes, reduction: nn.Reduction.None, label_smoothing: labelSmoothing);

    private static Tensor Classes(Batch batch) => batch.Target.to_type(ScalarType.Int64);
}
