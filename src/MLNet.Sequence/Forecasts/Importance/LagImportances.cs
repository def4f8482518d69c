using Microsoft.ML;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Data;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Forecasts;

/// <summary>
/// Permutation importance (Breiman, "Random forests", 2001, section 10; Fisher et al., arXiv 1801.01489) of the values in a window: some of them are
/// taken from another window, standardised as they are there.
/// </summary>
internal sealed class LagImportances
{
    private readonly ForecastingTransformer _model;
    private readonly Forecasting _task;
    private readonly float[] _pasts, _besides, _targets;
    private readonly int _count, _past, _beside, _target;
    private readonly ChannelScaling[] _scalings;

    /// <exception cref="InvalidOperationException">The data has fewer than two windows, or the model carries its state.</exception>
    private LagImportances(ForecastingTransformer model, SeriesSet set, int most)
    {
        (_model, _task) = (model, model.Task);
        var windows = Windows.Over(set, new WindowShape(_task.Context, _task.Horizon));
        if (windows.Count < 2)
        {
            throw new InvalidOperationException($"The data has {windows.Count} windows; at least 2 are needed, which is "
                + $"{_task.Context + _task.Horizon + 1} rows of a series: Context {_task.Context} + Horizon {_task.Horizon}, and one row more.");
        }

        _count = (int)Math.Min(most, windows.Count);
        (_past, _beside, _target) = (_task.Context * _task.InputSize, _task.BesideSize, _task.Horizon * _task.TargetChannels.Count);
        _scalings = new ChannelScaling[_count];
        (_pasts, _besides, _targets) = (new float[_count * _past], new float[_count * _beside], new float[_count * _target]);
        for (int i = 0; i < _count; i++)
        {
            var seen = new SeenWindow(_pasts.AsSpan(i * _past, _past), _besides.AsSpan(i * _beside, _beside));
            _scalings[i] = _task.Standardize(windows[i * windows.Count / _count], model.Model.Scaling, seen, _targets.AsSpan(i * _target, _target));
        }
    }

    // As the network sees them.
    private IEnumerable<string> Inputs =>
    [
        .. _task.Channels.Take(_task.FirstKnown), .. _task.Channels.Take(_task.MaskSize).Select(channel => $"{channel} is missing"),
        .. _task.Channels.Skip(_task.FirstKnown).Take(_task.KnownSize),
    ];

    public static LagImportanceReport Run(SequenceHost host, ForecastingTransformer model, IDataView data, (int Permutations, int Windows) counts)
    {
        if (model.Task.CarriesState)
            throw new InvalidOperationException("The forecaster carries its state: it reads all rows so far, and has no lags that could be permuted.");
        new ForecastingColumns(host).Check(data.Schema, model.Task);
        data = ArrangedView.Of(host, data, model.Task);
        using HostCancellation cancellation = host.LinkCancellation();
        var windows = new LagImportances(model, SeriesReader.Read(data, model.Task, allowMissing: false, cancellation), counts.Windows);
        double whole = windows.Error(windows._pasts, windows._besides);
        long seed = host.NextSeed();
        LagImportance Change((string Input, string Part, int[] Past, int[] Beside) of)
        {
            double[] changes = [.. Enumerable.Range(0, counts.Permutations).Select(number =>
            {
                host.ThrowIfCanceled();
                var order = new Permutation(windows._count, unchecked(seed + number));
                float[] pasts = Permuted(windows._pasts, windows._past, of.Past, order);
                return windows.Error(pasts, Permuted(windows._besides, windows._beside, of.Beside, order)) - whole;
            })];
            double mean = changes.Average();
            return new LagImportance(of.Input, of.Part, mean, Math.Sqrt(changes.Average(change => (change - mean) * (change - mean))));
        }

        return new LagImportanceReport
        {
            Error = whole,
            Windows = windows._count,
            Lag = model.Task.Differencing?.Lag ?? 0,
            Changes = [.. windows.Parts().Select(Change)],
        };
    }

    // The places of values in a window that are permuted together.
    private IEnumerable<(string Input, string Part, int[] Past, int[] Beside)> Parts()
    {
        int size = _task.InputSize, known = _task.KnownSize;
        foreach ((int index, string name) in Inputs.Index())
        {
            int[] Lags(int first, int last) => [.. Enumerable.Range(first, last - first + 1).Select(lag => (_task.Context - lag) * size + index)];
            int own = index - (size - known);
            int[] ahead = own < 0 ? [] : [.. Enumerable.Range(0, _task.Horizon).Select(step => step * known + own)];
            yield return (name, "all", Lags(1, _task.Context), ahead);
            // Twice as many lags each time: near ones matter one by one.
            for (int first = 1, last = 1; first <= _task.Context; (first, last) = (last + 1, 2 * last))
                yield return (name, Named(first, Math.Min(last, _task.Context)), Lags(first, Math.Min(last, _task.Context)), []);
            if (ahead.Length > 0)
                yield return (name, "ahead", [], ahead);
        }

        for (int i = 0; i < _task.StaticSize; i++)
            yield return (_task.Channels[_task.PastSize + i], "static", [], [_task.Horizon * known + i]);
    }

    private static string Named(int first, int last) =>
        first == last ? FormattableString.Invariant($"{first}") : FormattableString.Invariant($"{first}–{last}");

    private static float[] Permuted(float[] values, int size, int[] places, Permutation order)
    {
        if (places.Length == 0)
            return values;
        float[] changed = [.. values];
        for (int window = 0; window < values.Length / size; window++)
        {
            foreach (int place in places)
                changed[window * size + place] = values[(int)order[window] * size + place];
        }

        return changed;
    }

    // The mean squared error of the forecasts, of intervals that of the forecast between the bounds.
    private double Error(float[] pasts, float[] besides)
    {
        float[] scores = _model.Score(pasts, _count, _beside == 0 ? null : besides);
        int targets = _task.TargetChannels.Count, levels = _task.ValueCount, middle = _task.WholeOutput.Middle, size = scores.Length / _count;
        (double sum, long counted) = (0, 0);
        for (int i = 0; i < _targets.Length; i++)
        {
            int window = i / _target;
            Span<float> score = scores.AsSpan(window * size, size);
            if (i % _target == 0 && _task.Decoded is DistributionDecoding decoding)
                decoding.StandardMeans(score, _scalings[window]).CopyTo(score);
            // Quantiles are [steps, levels, targets].
            int step = i % _target / targets, target = i % targets;
            double error = score[(step * levels + middle) * targets + target] - (double)_targets[i];
            if (double.IsNaN(error))
                continue;
            sum += error * error;
            counted++;
        }

        return sum / counted;
    }
}
