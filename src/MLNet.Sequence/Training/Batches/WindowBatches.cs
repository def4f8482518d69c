using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MLNet.Sequence.Data;
using MLNet.Sequence.Tasks;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>Windows of series as batches: input [B, context, C] and target [B, horizon · targets], both standardised.</summary>
internal sealed class WindowBatches(Windows windows, Forecasting task, SeriesScaling scaling) : IBatchSource
{
    private readonly IReadOnlyList<string> _channels =
    [
        .. task.Channels.Take(task.FirstKnown), .. task.Channels.Take(task.MaskSize).Select(channel => $"{channel} is missing"),
        .. task.Channels.Skip(task.FirstKnown).Take(task.KnownSize),
    ];
    private readonly int _targets = task.TargetChannels.Count, _beside = task.BesideSize;
    private readonly bool _hasUnits = task.Decoded is DistributionDecoding { IsOfCounts: true };

    /// <summary>Indices of targets that are ignored: their values are NaN. Default none.</summary>
    public IReadOnlyList<int> LeftOut { get; init; } = [];

    /// <summary>The units of errors; null, the default: deviations.</summary>
    public SeasonalUnits? Errors { get; init; }

    public long Count => windows.Count;

    // Missing targets do not count.
    public double Weight => field > 0 ? field : field = task.MissingValues == MissingValues.Error ? Count : Known();

    public IReadOnlyList<string> Channels => _channels;

    public IEnumerable<long[]> Order(int batchSize, long? seed) => BatchOrder.Shuffled(Count, batchSize, seed);

    public void AddTo(IncrementalHash hash) => windows.AddTo(hash);

    /// <summary>The mean change of each target from row to row, over all rows in windows, in standard deviations of each series.</summary>
    public double[] MeanSteps()
    {
        var sums = new double[_targets];
        double steps = 0;
        foreach ((Series series, long from, long to) in windows.Ranges)
        {
            (long start, long end) = (from + 1 - task.Context, to + task.Horizon);
            for (int target = 0; target < _targets; target++)
                sums[target] += Change(series, (target, scaling[series.Key]), start, end);
            steps += end - start;
        }

        return [.. sums.Select(sum => sum / steps)];
    }

    public Batch Load(ReadOnlySpan<long> examples, Device device)
    {
        int past = task.Context * _channels.Count, future = task.Horizon * _targets;
        // Writes directly to the tensors' memory, without a second copy.
        Tensor input = empty(examples.Length, task.Context, _channels.Count), target = empty(examples.Length, future), beside = empty(examples.Length, _beside);
        Tensor errors = empty(examples.Length, Errors is null ? 0 : _targets);
        Tensor units = empty(examples.Length, 2, _hasUnits ? _targets : 0);
        Span<float> inputs = Floats(input), targets = Floats(target), others = Floats(beside), own = Floats(units), unit = Floats(errors);
        for (int i = 0; i < examples.Length; i++)
        {
            var seen = new SeenWindow(inputs.Slice(i * past, past), others.Slice(i * _beside, _beside));
            ChannelScaling used = task.Standardize(windows[examples[i]], scaling, seen, targets.Slice(i * future, future));
            for (int place = 0; _hasUnits && place < _targets; place++)
                (own[2 * i * _targets + place], own[(2 * i + 1) * _targets + place]) = ((float)used.Mean[place], (float)used.Deviation[place]);
            Errors?.Of(windows[examples[i]].Series.Key, used).CopyTo(unit[(i * _targets)..]);
        }

        int missing = task.MissingValues == MissingValues.Error ? 0 : Missing(targets);
        foreach (int leftOut in LeftOut)
        {
            for (int i = leftOut; i < targets.Length; i += _targets)
                targets[i] = float.NaN;
        }

        return new Batch(input.to(device), target.to(device), examples.Length - (double)missing / future)
        {
            HasGaps = LeftOut.Count > 0 || missing > 0,
            Beside = _beside == 0 ? null : beside.to(device),
            Units = _hasUnits ? units.to(device) : null,
            ErrorUnits = Errors is null ? null : errors.to(device),
        };
    }

    // Between the first and the last known value.
    private static double Change(Series series, (int Target, ChannelScaling Scaling) of, long start, long end)
    {
        (int target, ChannelScaling own) = of;
        while (start < end && double.IsNaN(series[start, target]))
            start++;
        while (start < end && double.IsNaN(series[end, target]))
            end--;
        return start < end ? own.Seen(series[end, target], target) - own.Seen(series[start, target], target) : 0;
    }

    // The number of defined targets of all windows, in windows.
    private double Known()
    {
        double known = 0;
        foreach ((Series series, long from, long to) in windows.Ranges)
        {
            // before[i]: missing targets of the steps before from + 1 + i.
            var before = new long[to - from + 1 + task.Horizon];
            var row = new double[_targets];
            for (int i = 0; i < before.Length - 1; i++)
            {
                series.Rows.CopyTo(from + 1 + i, row);
                before[i + 1] = before[i] + row.Count(double.IsNaN);
            }

            for (long origin = from; origin <= to; origin += windows.Stride)
                known += 1 - (double)(before[origin - from + task.Horizon] - before[origin - from]) / (task.Horizon * _targets);
        }

        return known;
    }

    private static int Missing(ReadOnlySpan<float> targets)
    {
        int missing = 0;
        foreach (float target in targets)
            missing += float.IsNaN(target) ? 1 : 0;
        return missing;
    }

    private static Span<float> Floats(Tensor tensor) => tensor.numel() == 0 ? [] : MemoryMarshal.Cast<byte, float>(tensor.bytes);
}
