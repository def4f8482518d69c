using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>Mean squared error over horizon and targets, in standardised units; the metric <c>mae</c> beside it.</summary>
internal sealed class ForecastingObjective : IObjective
{
    public IReadOnlyList<MetricInfo> Metrics { get; } = [new("mae", HigherIsBetter: false)];

    public Tensor Loss(Tensor output, Batch batch) => nn.functional.mse_loss(output, batch.Target);

    public double[] Measure(Tensor output, Batch batch) => [(output - batch.Target).abs().mean().item<float>()];
}
