using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>
/// The mean loss of L numbers, [B, L], against the labels, in standardised units, over rows and numbers; and the metric <c>mae</c> in the
/// labels' own units. Labels in batches are standardised, in double.
/// </summary>
/// <param name="scaling">The scaling of the labels over the training rows.</param>
/// <param name="loss">The loss of an error; null: squared.</param>
internal sealed class RegressionObjective(ChannelScaling scaling, RegressionLoss? loss = null) : IObjective
{
    private readonly RegressionLoss _loss = loss ?? RegressionLoss.Squared;

    public string LossName => $"{_loss.Name} per row, in deviations of the training rows";

    public IReadOnlyList<MetricInfo> Metrics { get; } = [MetricInfo.MeanAbsoluteError];

    public Tensor Loss(Tensor output, Batch batch) => RowMean.Of(_loss.Of(Error(output, batch)), batch);

    public double[] Measure(Tensor output, Batch batch) =>
        [RowMean.Of(Error(output, batch).abs() * Row(scaling.Deviation, output), batch).item<float>()];

    private static Tensor Error(Tensor output, Batch batch) => output - batch.Target.view(output.shape); // [B] or [B, L] → [B, L]

    // [L] → [1, L]
    private static Tensor Row(ValueList<double> values, Tensor like) => tensor([.. values.Select(value => (float)value)], device: like.device).unsqueeze(0);
}
