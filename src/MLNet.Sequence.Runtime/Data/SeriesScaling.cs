using System.Globalization;
using System.Text.Json.Serialization;
using MLNet.Sequence.Data;

namespace MLNet.Sequence;

/// <summary>
/// Mean and standard deviation of each channel, or the centre and scale of another <see cref="ScalingKind"/>, in double, so that a large level
/// keeps the small differences around it.
/// </summary>
/// <param name="Mean">The mean of each channel, [C], in the data's units.</param>
/// <param name="Deviation">
/// One per channel, in the data's units: the standard deviation of the population (divided by n). Never 0: a channel that is constant in a
/// series has the standard deviation over all series, and a channel that is constant in all of them has 1. The same holds for a channel
/// that is as good as constant in a series: it varies by less than 1e-4 of the variation of series (the root of their mean variance), and
/// by less than 1e-4 of its own level or by more than a third of it, as a ripple on a level or noise around zero do. A small series next to
/// large ones keeps its own standard deviation.
/// </param>
public sealed record ChannelScaling(
    [property: JsonConverter(typeof(DoublesConverter))] ValueList<double> Mean,
    [property: JsonConverter(typeof(DoublesConverter))] ValueList<double> Deviation)
{
    /// <summary>Which channels have one value in all training rows, so that their standard deviation cannot measure an error; null: none.</summary>
    public IReadOnlyList<bool>? Constant { get; init => field = ValueList.Of(value); }

    /// <summary>
    /// Mean and standard deviation, if these rows are scaled in another way: <see cref="Mean"/> and <see cref="Deviation"/> are then the centre and
    /// the scale. Null: they are the mean and the standard deviation, as in files of older versions.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ChannelScaling? Standard { get; init; }

    /// <summary>
    /// Channels that are scaled as log(1 + value) and brought back as exp(…) − 1, at least 0; null, as in files of older versions: none.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<bool>? Logarithms { get; init => field = ValueList.Of(value); }

    /// <summary>Mean and standard deviation, whatever the kind of scaling.</summary>
    internal ChannelScaling Moments => Standard ?? this;

    /// <summary>The scaling that changes nothing.</summary>
    internal static ChannelScaling None(int channels)
    {
        var deviation = new double[channels];
        Array.Fill(deviation, 1);
        return new ChannelScaling(new double[channels], deviation);
    }

    /// <summary>The problems of a scaling that a file describes, one sentence each.</summary>
    /// <param name="channels">The expected number of channels.</param>
    /// <param name="name">Its name in messages.</param>
    internal IEnumerable<string> Problems(int channels, string name)
    {
        if (Mean.Length != channels || Deviation.Length != channels)
            yield return $"The {name} has {Mean.Length} means and {Deviation.Length} deviations; the task has {channels} channels.";
        if (Constant is { } constant && constant.Count != channels)
            yield return $"The {name} has flags for {constant.Count} constant channels; the task has {channels} channels.";
        if (Logarithms is { } logarithms && logarithms.Count != channels)
            yield return $"The {name} has flags for {logarithms.Count} logarithms; the task has {channels} channels.";
        foreach (string problem in Standard is { Standard: null } moments ? moments.Problems(channels, $"standard {name}") : [])
            yield return problem;
        for (int i = 0; i < Math.Min(Mean.Length, Deviation.Length); i++)
        {
            if (!double.IsFinite(Mean[i]) || !double.IsFinite(Deviation[i]) || Deviation[i] <= 0)
                yield return string.Create(CultureInfo.InvariantCulture, $"The {name} of channel {i} has the mean {Mean[i]} and the deviation "
                    + $"{Deviation[i]}; expected a finite mean and a finite deviation above 0.");
        }
    }

    /// <summary>Whether a channel is known to have one value in all training rows.</summary>
    internal bool IsConstant(int channel) => Constant?[channel] == true;

    /// <summary>This scaling, with that of another for some channels.</summary>
    internal ChannelScaling Sharing(ChannelScaling other, IReadOnlyList<int> channels) => channels.Count == 0 ? this : this with
    {
        Mean = [.. Mean.Select((mean, i) => channels.Contains(i) ? other.Mean[i] : mean)],
        Deviation = [.. Deviation.Select((deviation, i) => channels.Contains(i) ? other.Deviation[i] : deviation)],
        Logarithms = Logarithms is null ? null : [.. Logarithms.Select((isLogged, i) => isLogged && !channels.Contains(i))],
    };

    /// <summary>The logarithm of 1 + a value; a negative value counts as 0.</summary>
    internal static double Logarithm(double value) => Math.Log(1 + Math.Max(value, 0));

    /// <summary>Whether a channel is scaled as a logarithm.</summary>
    internal bool IsLogarithm(int channel) => Logarithms is not null && Logarithms[channel];

    /// <summary>A value as the network sees it, in double.</summary>
    internal double Seen(double value, int channel) => ((IsLogarithm(channel) ? Logarithm(value) : value) - Mean[channel]) / Deviation[channel];

    // The value of what the network gives.
    private double Given(double seen, int channel)
    {
        double value = seen * Deviation[channel] + Mean[channel];
        return IsLogarithm(channel) ? Math.Max(0, Math.Exp(value) - 1) : value;
    }

    internal void Apply(Span<float> rows)
    {
        for (int i = 0; i < rows.Length; i += Mean.Length)
        {
            for (int channel = 0; channel < Mean.Length; channel++)
                rows[i + channel] = (float)Seen(rows[i + channel], channel);
        }
    }

    /// <summary>Standardises rows, or the first channels of one: they are centred in double before they become floats.</summary>
    internal void Apply(ReadOnlySpan<double> rows, Span<float> standardized)
    {
        for (int i = 0; i < rows.Length; i += Mean.Length)
        {
            int width = Math.Min(Mean.Length, rows.Length - i);
            for (int channel = 0; channel < width; channel++)
                standardized[i + channel] = (float)Seen(rows[i + channel], channel);
        }
    }

    /// <summary>The scaling of the first channels.</summary>
    internal ChannelScaling First(int channels) =>
        channels == Mean.Length ? this : new ChannelScaling([.. Mean.Take(channels)], [.. Deviation.Take(channels)])
        {
            Logarithms = Logarithms?.Take(channels).ToArray(),
        };

    /// <summary>Standardises some channels of one row, starting at a given one.</summary>
    internal void Apply(ReadOnlySpan<double> values, Span<float> standardized, int first)
    {
        for (int i = 0; i < values.Length; i++)
            standardized[i] = (float)Seen(values[i], first + i);
    }

    /// <summary>Standardises rows; a missing value becomes the mean, which is 0.</summary>
    internal void ApplyOrMean(ReadOnlySpan<double> rows, Span<float> standardized)
    {
        Apply(rows, standardized);
        foreach (ref float value in standardized)
            value = float.IsNaN(value) ? 0 : value;
    }

    /// <summary>Returns rows of the first <paramref name="channels"/> channels to the data's units.</summary>
    internal void Undo(Span<float> rows, int channels)
    {
        for (int i = 0; i < rows.Length; i++)
            rows[i] = (float)Given(rows[i], i % channels);
    }

    /// <summary>Returns rows of the first <paramref name="channels"/> channels to the data's units, in double.</summary>
    internal void Undo(ReadOnlySpan<float> rows, Span<double> values, int channels)
    {
        for (int i = 0; i < rows.Length; i++)
            values[i] = Given(rows[i], i % channels);
    }
}

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
        ChannelScaling pooled = ScaleStatistics.Of(kind, standard, channel => set.Series.SelectMany(series => Values(series, steps, channel)),
            channel => all.IsConstant(channel) ? standard.Deviation[channel] : null, standard);
        ChannelScaling Own((Series Series, ChannelMoments Moments) one) => ScaleStatistics.Of(kind, one.Moments.ToScaling(standard, within),
            channel => Values(one.Series, steps, channel), channel => one.Moments.IsAsleep(channel, within) ? pooled.Deviation[channel] : null, pooled);
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
        ChannelScaling standard = own.ToScaling(Pooled.Moments);
        if (kind.Kind == ScalingKind.Standard)
            return standard.Sharing(Pooled, shared);
        double[] rows = window.ToArray();
        int width = Pooled.Mean.Length;
        return ScaleStatistics.Of(kind, standard, channel => rows.Where((_, place) => place % width == channel),
            channel => own.IsConstant(channel) ? Pooled.Deviation[channel] : null, Pooled).Sharing(Pooled, shared);
    }
}
