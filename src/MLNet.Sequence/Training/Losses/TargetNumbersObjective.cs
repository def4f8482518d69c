using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>
/// The mean over the steps of targets of numbers of the mean squared error of a step's numbers. Outputs and targets are [B, U, K]; targets are
/// padded with NaN.
/// </summary>
internal sealed class TargetNumbersObjective : IObjective
{
    public string LossName => "mean squared error per step, in deviations of the training rows";

    public IReadOnlyList<MetricInfo> Metrics { get; } = [];

    public Tensor Loss(Tensor output, Batch batch)
    {
        Tensor padding = batch.Target.isnan();
        // NaN times 0 is NaN: padding must be a number before it is left out.
        return (output - batch.Target.MaskedFill(padding, 0)).Square().MaskedFill(padding, 0).mean([2]).sum().Div(batch.Weight);
    }

    public double[] Measure(Tensor output, Batch batch) => [];
}
