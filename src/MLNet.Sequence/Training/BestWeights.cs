using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>Keeps the weights of the epoch with the best monitored metric. Without validation the last epoch is the best.</summary>
internal sealed class BestWeights : IDisposable
{
    private readonly TorchParameters _parameters;
    private readonly string _monitor;
    private readonly bool _validates, _higherIsBetter;

    public BestWeights(TorchParameters parameters, TrainingJob job, TrainingOptions options)
    {
        _parameters = parameters;
        _validates = job.Validation is not null;
        _monitor = options.Monitor;
        _higherIsBetter = job.Objective.Metrics.Append(MetricInfo.Loss).Single(metric => metric.Name == _monitor).HigherIsBetter;
    }

    /// <summary>A copy of all weights of the best epoch; null before the first one.</summary>
    public Tensor? Values { get; private set; }

    /// <summary>Whether epochs are compared. If not, the last one is the best, and no copy of the weights is kept.</summary>
    public bool Validates => _validates;

    /// <summary>The metric that epochs are compared by; null if a report has none.</summary>
    public double? Monitored(EpochReport report) =>
        _monitor == "loss" ? report.ValidationLoss : report.Metrics.TryGetValue(_monitor, out double value) ? value : null;

    public void Consider(TrainingState state, EpochReport report)
    {
        if (!_validates)
        {
            state.BestEpoch = report.Epoch;
            return;
        }

        double value = Monitored(report)!.Value;
        bool better = state.Best is not { } best || (_higherIsBetter ? value > best : value < best);
        if (!better || double.IsNaN(value))
            return;
        (state.Best, state.BestEpoch) = (value, report.Epoch);
        Keep(_parameters.Values);
    }

    /// <summary>Copies <paramref name="values"/> as the best weights.</summary>
    public void Keep(Tensor values)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Values ??= empty_like(_parameters.Values).DetachFromDisposeScope();
        Values.copy_(values);
    }

    /// <summary>Restores the best weights in the network, if there are any.</summary>
    public void Restore()
    {
        if (Values is null)
            return;
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        _parameters.Values.copy_(Values);
    }

    public void Dispose() => Values?.Dispose();
}
