using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>Mean squared error over horizon and targets, in standardised units; the metric <c>mae</c> beside it.</summary>
internal sealed class ForecastingObjective : IObjective
{
    public IReadOnlyList<MetricInfo> Metrics { get; } = [new("mae", HigherIsBetter: false)];

    public Tensor Loss(Tensor output, Batch batch) => batch.RowWeights is null
        ? nn.functional.mse_loss(output, batch.Target)
        : Mean((output - batch.Target).square(), batch);

    public double[] Measure(Tensor output, Batch batch) => [Mean((output - batch.Target).abs(), batch).item<float>()];

    // Over rows by their weights, over horizon and targets evenly.
    private static Tensor Mean(Tensor errors, Batch batch) => batch.RowWeights is { } weights
        ? (errors.mean([1]) * weights).sum() / weights.sum()
        : errors.mean();
}
