using MLNet.Sequence.Data;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Sessions;

/// <summary>The last forecast of a series with its bounds, and what adaptive bounds have learned of the series.</summary>
internal sealed class SessionBounds
{
    private readonly Forecasting _task;
    private readonly ValueDecoding _decoding;
    private readonly AdaptiveBounds? _adaptive;
    private readonly int _targets;
    private readonly double[] _all, _prediction;

    public SessionBounds(Forecasting task, ValueDecoding decoding)
    {
        (_task, _decoding, _targets) = (task, decoding, task.TargetChannels.Count);
        (_all, _prediction) = (new double[task.ForecastSize], new double[task.PredictionSize]);
        _adaptive = task.Adapts ? new AdaptiveBounds(task) : null;
        State = new double[_adaptive?.StateSize ?? 0];
        _all.AsSpan().Fill(double.NaN);
    }

    /// <summary>The state of adaptive bounds; empty if they do not adapt.</summary>
    public double[] State { get; }

    /// <summary>The last prediction, [horizon × targets], or all quantiles; NaN: there was none.</summary>
    public ReadOnlySpan<double> Last => _task.Levels is not null ? _all : _prediction;

    /// <summary>Takes the next step; returns the prediction, [horizon × targets], or all quantiles.</summary>
    /// <param name="network">The network's output, overwritten; empty: there is none.</param>
    /// <param name="scaling">The scaling of the series.</param>
    /// <param name="actual">The channels of the step, targets first.</param>
    /// <param name="step">The number of steps before this one.</param>
    public ReadOnlySpan<double> Next(Span<float> network, ChannelScaling? scaling, ReadOnlySpan<double> actual, long step)
    {
        if (network.IsEmpty)
            _all.AsSpan().Fill(double.NaN);
        else
            _decoding.Apply(network, _all, scaling!);
        _adaptive?.Next(actual[.._targets], _all, step, State);
        if (_task.Levels is null)
            _task.Take(1, _all, _prediction);
        return Last;
    }

    /// <summary>Copies the bounds of the last forecast, each [horizon × targets].</summary>
    public void CopyTo(Span<double> lower, Span<double> upper)
    {
        _task.Take(_task.BoundPlaces.Lower, _all, lower);
        _task.Take(_task.BoundPlaces.Upper, _all, upper);
    }
}
