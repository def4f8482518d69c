using MLNet.Sequence.Data;

namespace MLNet.Sequence;

/// <summary>Mean and standard deviation of each series, and of all together, which standardise the data; fitted on training rows only.</summary>
public sealed class SeriesScaling
{
    private readonly Dictionary<string, ChannelScaling> _bySeries;

    internal SeriesScaling(ChannelScaling pooled, IEnumerable<KeyValuePair<string, ChannelScaling>> bySeries)
    {
        Pooled = pooled;
        _bySeries = new Dictionary<string, ChannelScaling>(bySeries, StringComparer.Ordinal);
    }

    /// <summary>Series without variation of their own in a channel that varies in others; known after fitting, not saved.</summary>
    internal IReadOnlyList<string> Asleep { get; private init; } = [];

    /// <summary>Mean and standard deviation over the rows of all series together.</summary>
    public ChannelScaling Pooled { get; }

    /// <summary>By series key; empty if the training data was one series without a key.</summary>
    public IReadOnlyDictionary<string, ChannelScaling> BySeries => _bySeries.AsReadOnly();

    /// <summary>
    /// The scaling of a series; <see cref="Pooled"/> if it was not in training. Forecasts scale such a series by its own window.
    /// </summary>
    public ChannelScaling this[string? key] => key is not null && _bySeries.TryGetValue(key, out ChannelScaling? own) ? own : Pooled;

    /// <summary>Whether there is a scaling for this series: its own, or the only one.</summary>
    /// <param name="key">The key of the series; null if there is one series without a key.</param>
    public bool Knows(string? key) => _bySeries.Count == 0 || key is not null && _bySeries.ContainsKey(key);

    /// <summary>The largest standard deviation of a channel in any series, or over all.</summary>
    internal double LargestDeviation(int channel) => _bySeries.Values.Prepend(Pooled).Max(one => one.Deviation[channel]);

    /// <summary>Fits on the first steps of each series; NaN values are left out.</summary>
    /// <param name="set">The series to fit on.</param>
    /// <param name="steps">How many steps of a series, given its length, are training rows.</param>
    internal static SeriesScaling Fit(SeriesSet set, Func<Series, long> steps) => Fit(set, steps, []);

    /// <inheritdoc cref="Fit(SeriesSet, Func{Series, long})" path="/node()[not(self::param)]"/>
    /// <param name="set">The series to fit on.</param>
    /// <param name="steps">The number of training rows of a series; 0: it is not trained on, and its windows are scaled by themselves.</param>
    /// <param name="shared">Channels that are scaled over all series, because their level distinguishes series or times.</param>
    /// <param name="kind">The kinds of scaling.</param>
    internal static SeriesScaling Fit(SeriesSet set, Func<Series, long> steps, IReadOnlyList<int> shared, ScalingRule kind = default)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(steps);
        ChannelMoments all = new(set.Channels), within = new(set.Channels);
        var row = new double[set.Channels];
        var bySeries = new List<(Series Series, ChannelMoments Moments)>();
        foreach (Series series in set.Series)
        {
            var own = new ChannelMoments(set.Channels);
            for (long step = 0; step < steps(series); step++)
            {
                series.Rows.CopyTo(step, row);
                own.Add(row);
            }

            all.Add(own);
            within.AddVariation(own);
            bySeries.Add((series, own));
        }

        ChannelScaling standard = all.ToScaling();
        // The power of all is the one that fits each series at its own level.
        ChannelScaling pooled = ScaleStatistics.Of(kind, standard, new ScaledRows(
            channel => set.Series.SelectMany(series => Values(series, steps, channel)),
            channel => all.IsConstant(channel) ? standard.Deviation[channel] : null,
            (channel, _) => BoxCox.Lambda(
                set.Series.Select(series => Values(series, steps, channel).Where(value => !double.IsNaN(value)).ToArray()))), standard);
        ChannelScaling Own((Series Series, ChannelMoments Moments) one) => ScaleStatistics.Of(kind, one.Moments.ToScaling(standard, within), new ScaledRows(
            channel => Values(one.Series, steps, channel),
            channel => one.Moments.IsAsleep(channel, within) ? pooled.Deviation[channel] : null,
            (_, known) => BoxCox.Lambda([known])), pooled);
        int[] varying = [.. Enumerable.Range(0, set.Channels).Except(shared).Where(channel => !all.IsConstant(channel))];
        var keyed = bySeries.Where(one => one.Series.Key is not null && steps(one.Series) > 0).ToList();
        return new SeriesScaling(pooled, keyed.Select(one => KeyValuePair.Create(one.Series.Key!, Own(one).Sharing(pooled, shared))))
        {
            Asleep = [.. keyed.Where(one => varying.Any(channel => one.Moments.IsAsleep(channel, within))).Select(one => one.Series.Key!)],
        };
    }

    private static IEnumerable<double> Values(Series series, Func<Series, long> steps, int channel)
    {
        for (long step = 0; step < steps(series); step++)
            yield return series[step, channel];
    }

    /// <summary>This scaling of differences, with that of the values themselves.</summary>
    internal SeriesScaling Over(SeriesScaling values) =>
        new(Over(Pooled, values.Pooled), _bySeries.Select(one => KeyValuePair.Create(one.Key, Over(one.Value, values[one.Key])))) { Asleep = Asleep };

    private static ChannelScaling Over(ChannelScaling differences, ChannelScaling values) =>
        differences with { Undifferenced = values.Moments, Logarithms = values.Logarithms, Powers = values.Powers };

    /// <summary>This scaling, with some channels unscaled.</summary>
    internal SeriesScaling Leaving(IReadOnlyList<int> channels)
    {
        if (channels.Count == 0)
            return this;
        var none = ChannelScaling.None(Pooled.Mean.Length);
        var bySeries = _bySeries.Select(one => KeyValuePair.Create(one.Key, one.Value.Sharing(none, channels)));
        return new SeriesScaling(Pooled.Sharing(none, channels), bySeries) { Asleep = Asleep };
    }

    /// <summary>The scaling of a window: that of its series, or that of the window itself if the series was not in training.</summary>
    /// <param name="key">The key of the series.</param>
    /// <param name="window">[steps × channels], in the data's units.</param>
    /// <param name="shared">Channels that are scaled over all series.</param>
    /// <param name="kind">The kinds of scaling.</param>
    internal ChannelScaling Of(string? key, ReadOnlySpan<double> window, IReadOnlyList<int> shared, ScalingRule kind = default)
    {
        if (Knows(key))
            return this[key];
        var own = new ChannelMoments(Pooled.Mean.Length);
        own.Add(window);
        // Mean and deviation of the data itself, also where the pooled ones are of another kind.
        ChannelScaling standard = own.ToScaling(Pooled.Scaled);
        if (kind.Kind == ScalingKind.Standard)
            return standard.Sharing(Pooled, shared);
        double[] rows = window.ToArray();
        int width = Pooled.Mean.Length;
        return ScaleStatistics.Of(kind, standard, new ScaledRows(
            channel => rows.Where((_, place) => place % width == channel),
            channel => own.IsConstant(channel) ? Pooled.Deviation[channel] : null,
            (channel, _) => Pooled.Power(channel)?.Lambda ?? 1), Pooled).Sharing(Pooled, shared);
    }
}
