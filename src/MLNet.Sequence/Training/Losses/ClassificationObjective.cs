using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>
/// Cross-entropy of a logit per class, [B, classes], and the metric <c>accuracy</c> with the same weights. With label smoothing ε the
/// target is 1 − ε on the class and ε / classes on all (Szegedy et al., arXiv 1512.00567, section 7), each term with the weight of its own
/// class, as in PyTorch. With γ > 0 the focal loss instead (<see cref="FocalLoss"/>).
/// </summary>
internal sealed class ClassificationObjective(double labelSmoothing, float focalGamma = 0) : IObjective
{
    /// <summary>The class weights, each above 0, which the rows' weights already contain; null: all equal.</summary>
    public float[]? ClassWeights { get; init; }

    public string LossName => FocalLoss.Name(focalGamma);

    public IReadOnlyList<MetricInfo> Metrics { get; } = [MetricInfo.Accuracy];

    public Tensor Loss(Tensor output, Batch batch) => RowMean.Of(Losses(output, Classes(batch)), batch);

    public double[] Measure(Tensor output, Batch batch) =>
        [RowMean.Of(output.argmax(1).eq(Classes(batch)).to_type(ScalarType.Float32), batch).item<float>()];

    private Tensor Losses(Tensor output, Tensor classes) => focalGamma > 0
        ? FocalLoss.Of(output.log_softmax(1).gather(1, classes.unsqueeze(1)).squeeze(1), focalGamma) // [B, classes] → [B]
        : ClassWeights is null || labelSmoothing == 0
            ? nn.functional.cross_entropy(output, classes, reduction: nn.Reduction.None, label_smoothing: labelSmoothing)
            : Smoothed(output, classes, tensor(ClassWeights, device: output.device));

    // The row's weight already contains the weight of its class.
    private Tensor Smoothed(Tensor output, Tensor classes, Tensor weights) =>
        nn.functional.cross_entropy(output, classes, weight: weights, reduction: nn.Reduction.None, label_smoothing: labelSmoothing)
        / weights.index_select(0, classes);

    private static Tensor Classes(Batch batch) => batch.Target.to_type(ScalarType.Int64);
}
