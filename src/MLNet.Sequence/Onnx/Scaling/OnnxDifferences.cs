using MLNet.Sequence.Data;
using static MLNet.Sequence.Onnx.TensorProto.Types;

namespace MLNet.Sequence.Onnx;

/// <summary>The differences of the targets of a window, by the formulas of <see cref="WindowDifferences"/>.</summary>
/// <param name="Task">The forecaster.</param>
/// <param name="Window">[B, context, C], in the data's units, targets first; transformed, if they have a power.</param>
/// <param name="Scaling">The scaling of the differences.</param>
internal sealed record OnnxDifferences(Forecasting Task, OnnxValue Window, ChannelScaling Scaling)
{
    private readonly int _lag = Task.Differencing!.Lag, _targets = Task.TargetChannels.Count, _channels = Task.PastSize;

    // [B, T, K]
    private OnnxValue Targets => Window.Slice(-1, 0, _targets);

    /// <summary>The window with differences in the place of targets: [B, T, C]. Those of the first steps are not known.</summary>
    public OnnxValue Changes()
    {
        int season = Task.Differencing!.OfSeasons ? Task.Differencing.Season!.Value : 0;
        // The values so many steps before those that have a difference.
        OnnxValue Before(int steps) => Targets.Slice(1, _lag - steps, -steps);
        OnnxValue before = season == 0 ? Before(1) : Before(season);
        if (Task.Differencing.OfSteps && season > 0)
            before += Before(1) - Before(1 + season);
        OnnxValue changes = Targets.Slice(1, 0, _lag).Concat(1, Targets.Slice(1, _lag) - before);
        return _channels == _targets ? changes : changes.Concat(-1, Window.Slice(-1, _targets));
    }

    /// <summary>The mean in the place of the first differences of a standardised window; NaN where the value itself is missing.</summary>
    public OnnxValue Begin(OnnxValue scaled)
    {
        OnnxGraph graph = scaled.Graph;
        long[] unknown = [.. Enumerable.Range(0, Task.Context * _channels).Select(i => i / _channels < _lag && i % _channels < _targets ? 1L : 0)];
        double[] means = [.. Enumerable.Range(0, _channels).Select(channel => channel < _targets ? (double)Scaling.SeenMean(channel) : 0)];
        OnnxValue mean = Window - Window + graph.Constant(means, _channels).Cast(DataType.Float);
        return graph.Constant(unknown).Reshape(Task.Context, _channels).Cast(DataType.Bool).Where(mean, scaled);
    }

    /// <summary>Values after the window, [B, H, K], from their differences: a sum of these and of the last values, each with its factor.</summary>
    public OnnxValue AddUp(OnnxValue changes)
    {
        int horizon = Task.Horizon, terms = _lag + horizon;
        var factors = new float[horizon * terms];
        for (int term = 0; term < terms; term++)
        {
            double[] last = new double[_lag], ahead = new double[horizon];
            (term < _lag ? ref last[term] : ref ahead[term - _lag]) = 1;
            new WindowDifferences(Task.Differencing!, [null], last, 1).AddUp(ahead);
            for (int step = 0; step < horizon; step++)
                factors[step * terms + term] = (float)ahead[step];
        }

        return changes.Graph.Weight("differences_added_up", factors, horizon, terms).MatMul(Targets.Slice(1, -_lag).Concat(1, changes));
    }
}
