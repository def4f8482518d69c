using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>
/// Cross-entropy of one logit, [B, 1], against 0 or 1, and the metric <c>accuracy</c> with the same weights. With label smoothing ε the
/// targets are ε / 2 and 1 − ε / 2, and each term has the weight of its own class. With γ > 0 the focal loss instead
/// (<see cref="FocalLoss"/>).
/// </summary>
internal sealed class BinaryObjective(float labelSmoothing, float focalGamma = 0) : IObjective
{
    /// <summary>The class weights of no and yes, above 0, which the rows' weights already contain; null: equal.</summary>
    public float[]? ClassWeights { get; init; }

    public string LossName => FocalLoss.Name(focalGamma);

    public IReadOnlyList<MetricInfo> Metrics { get; } = [MetricInfo.Accuracy];

    public Tensor Loss(Tensor output, Batch batch)
    {
        // The logit of the true class is x for yes and −x for no.
        if (focalGamma > 0)
            return RowMean.Of(FocalLoss.Of((output.squeeze(1) * batch.Target.Mul(2).Sub(1)).log_sigmoid(), focalGamma), batch);
        Tensor target = batch.Target.Mul(1 - labelSmoothing).Add(labelSmoothing / 2);
        if (labelSmoothing == 0 || ClassWeights is null)
            return RowMean.Of(nn.functional.binary_cross_entropy_with_logits(output.squeeze(1), target, reduction: nn.Reduction.None), batch);
        // In units of the weight of no. The row's weight already contains the weight of its class, so that is divided out.
        float yes = ClassWeights[1] / ClassWeights[0];
        Tensor losses = nn.functional.binary_cross_entropy_with_logits(
            output.squeeze(1), target, pos_weights: tensor(new[] { yes }, device: output.device), reduction: nn.Reduction.None);
        return RowMean.Of(losses / batch.Target.Mul(yes - 1).Add(1), batch);
    }

    public double[] Measure(Tensor output, Batch batch) =>
        [RowMean.Of(output.squeeze(1).Gt(0).eq(batch.Target.Gt(0.5)).to_type(ScalarType.Float32), batch).item<float>()];
}
