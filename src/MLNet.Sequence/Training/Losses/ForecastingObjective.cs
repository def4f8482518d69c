using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>Mean squared error over horizon and targets, in standardised units; the metric <c>mae</c> beside it.</summary>
internal sealed class ForecastingObjective : IObjective
{
    public IReadOnlyList<MetricInfo> Metrics { get; } = [MetricInfo.MeanAbsoluteError];

    public Tensor Loss(Tensor output, Batch batch) => batch.RowWeights is null
        ? nn.functional.mse_loss(output, batch.Target)
        : RowMean.Of((output - batch.Target).Square().mean([1]), batch);

    public double[] Measure(Tensor output, Batch batch) => [RowMean.Of((output - batch.Target).abs().mean([1]), batch).item<float>()];
}
