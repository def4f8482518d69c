using MLNet.Sequence.Tasks;
using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>The mean loss over horizon and targets, in standardised units, and the metric <c>mae</c>.</summary>
/// <param name="loss">The loss of an error; null: squared. Quantiles use the pinball loss, distributions their likelihood.</param>
/// <param name="task">The task; null: forecasts of numbers.</param>
internal sealed class ForecastingObjective(RegressionLoss? loss = null, Forecasting? task = null) : IObjective
{
    private readonly RegressionLoss _loss = loss ?? RegressionLoss.Squared;
    private readonly double[]? _levels = task?.Levels?.ToArray();
    private readonly DistributionLoss? _distribution = task?.Decoded is DistributionDecoding decoding ? new DistributionLoss(decoding, task.Horizon) : null;

    public string LossName => _distribution is not null
        ? "mean negative log-likelihood of a value, in nats"
        : $"{(_levels is null ? _loss.Name : "mean pinball loss")} per window, {(_levels is null ? _loss : RegressionLoss.Squared).Unit}";

    public IReadOnlyList<MetricInfo> Metrics { get; } = [MetricInfo.MeanAbsoluteError];

    public Tensor Loss(Tensor output, Batch batch)
    {
        if (_distribution is not null)
            return _distribution.Of(output, batch).mean().to(output.dtype);
        if (_levels is not null)
            return Pinball(output, batch.Target, _levels).mean();
        Tensor errors = batch.ErrorUnits is { } units ? (output - batch.Target) / Wide(units, output) : output - batch.Target;
        return batch.HasGaps ? _loss.Of(Known(errors, batch)).mean() : RowMean.Of(_loss.Of(errors), batch);
    }

    public double[] Measure(Tensor output, Batch batch)
    {
        if (_distribution is not null)
            output = _distribution.Mean(output, batch);
        else if (_levels is not null)
            output = Steps(output, _levels.Length).select(-2, task!.Output.Middle).reshape(batch.Target.shape); // [.., H, Q, K] → [.., H·K]
        return [(batch.HasGaps ? Known(output - batch.Target, batch).abs().mean() : RowMean.Of((output - batch.Target).abs(), batch)).item<float>()];
    }

    // All defined errors.
    private static Tensor Known(Tensor errors, Batch batch) => errors.masked_select(batch.Target.isfinite());

    // [B, K] → [B, 1.., H·K], as errors are
    private static Tensor Wide(Tensor units, Tensor like) =>
        units.tile([1, like.shape[^1] / units.shape[1]]).view([units.shape[0], .. Enumerable.Repeat(1L, like.shape.Length - 2), like.shape[^1]]);

    // τ e, and (τ − 1) e where the actual value is below the quantile; only of defined values.
    private Tensor Pinball(Tensor output, Tensor target, double[] levels)
    {
        Tensor actual = Steps(target, levels: 1), errors = actual - Steps(output, levels.Length); // [.., H, Q, K]
        Tensor level = tensor(Array.ConvertAll(levels, one => (float)one), device: errors.device).view(-1, 1); // [Q, 1]
        return maximum(level * errors, level.Add(-1) * errors).masked_select(actual.isfinite());
    }

    // [.., H·Q·K] → [.., H, Q, K]
    private Tensor Steps(Tensor values, int levels) => values.view([.. values.shape[..^1], task!.Horizon, levels, task.TargetChannels.Count]);
}
