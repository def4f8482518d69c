using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>The mean loss over horizon and targets, in standardised units; the metric <c>mae</c> beside it.</summary>
/// <param name="loss">Of an error; null: squared.</param>
internal sealed class ForecastingObjective(RegressionLoss? loss = null) : IObjective
{
    private readonly RegressionLoss _loss = loss ?? RegressionLoss.Squared;

    public string LossName => $"{_loss.Name} per window, in deviations of the training rows";

    public IReadOnlyList<MetricInfo> Metrics { get; } = [MetricInfo.MeanAbsoluteError];

    public Tensor Loss(Tensor output, Batch batch) =>
        batch.HasGaps ? _loss.Of(Known(output, batch)).mean() : RowMean.Of(_loss.Of(output - batch.Target), batch);

    public double[] Measure(Tensor output, Batch batch) =>
        [(batch.HasGaps ? Known(output, batch).abs().mean() : RowMean.Of((output - batch.Target).abs(), batch)).item<float>()];

    // All errors that are defined, of every row as many.
    private static Tensor Known(Tensor output, Batch batch) => (output - batch.Target).masked_select(batch.Target.isfinite());
}
