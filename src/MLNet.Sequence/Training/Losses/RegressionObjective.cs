using TorchSharp;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>
/// Mean squared error of one number, [B, 1], against the label, both in standardised units; the metric <c>mae</c> beside it,
/// in the label's own.
/// </summary>
/// <param name="mean">The label's mean over the training rows.</param>
/// <param name="deviation">The label's deviation over the training rows.</param>
internal sealed class RegressionObjective(float mean, float deviation) : IObjective
{
    public IReadOnlyList<MetricInfo> Metrics { get; } = [new("mae", HigherIsBetter: false)];

    public Tensor Loss(Tensor output, Batch batch) => RowMean.Of(Error(output, batch).square(), batch);

    public double[] Measure(Tensor output, Batch batch) => [deviation * RowMean.Of(Error(output, batch).abs(), batch).item<float>()];

    private Tensor Error(Tensor output, Batch batch) => output.squeeze(1) - (batch.Target - mean) / deviation;
}
