using System.Globalization;
using System.Text.Json.Serialization;

namespace MLNet.Sequence.Data;

/// <summary>Mean and standard deviation of each channel. A deviation is never 0: a constant channel has 1.</summary>
/// <param name="Mean">One per channel, in the data's units.</param>
/// <param name="Deviation">One per channel, in the data's units; of the population (divided by n).</param>
public sealed record ChannelScaling(
    [property: JsonConverter(typeof(FloatsConverter))] ValueList<float> Mean,
    [property: JsonConverter(typeof(FloatsConverter))] ValueList<float> Deviation)
{
    /// <summary>The scaling that leaves all as it is.</summary>
    internal static ChannelScaling None(int channels)
    {
        var deviation = new float[channels];
        Array.Fill(deviation, 1);
        return new ChannelScaling(new float[channels], deviation);
    }

    /// <summary>What cannot be of a scaling that a file describes, one sentence each.</summary>
    /// <param name="channels">The channels that it must have.</param>
    /// <param name="name">What messages call it.</param>
    internal IEnumerable<string> Problems(int channels, string name)
    {
        if (Mean.Length != channels || Deviation.Length != channels)
            yield return $"The {name} has {Mean.Length} means and {Deviation.Length} deviations; the task has {channels} channels.";
        for (int i = 0; i < Math.Min(Mean.Length, Deviation.Length); i++)
        {
            if (!float.IsFinite(Mean[i]) || !float.IsFinite(Deviation[i]) || Deviation[i] <= 0)
                yield return string.Create(CultureInfo.InvariantCulture, $"The {name} of channel {i} has the mean {Mean[i]} and the deviation {Deviation[i]}; expected a finite mean and a finite deviation above 0.");
        }
    }

    internal void Apply(Span<float> rows)
    {
        for (int i = 0; i < rows.Length; i += Mean.Length)
        {
            for (int channel = 0; channel < Mean.Length; channel++)
                rows[i + channel] = (rows[i + channel] - Mean[channel]) / Deviation[channel];
        }
    }

    /// <summary>Applies the scaling; a missing value becomes the mean, which is 0.</summary>
    internal void ApplyOrMean(Span<float> rows)
    {
        Apply(rows);
        foreach (ref float value in rows)
            value = float.IsNaN(value) ? 0 : value;
    }

    /// <summary>Returns rows of the first <paramref name="channels"/> channels to the data's units.</summary>
    internal void Undo(Span<float> rows, int channels)
    {
        for (int i = 0; i < rows.Length; i++)
            rows[i] = rows[i] * Deviation[i % channels] + Mean[i % channels];
    }
}

/// <summary>Standardisation per series, fitted on training rows only.</summary>
public sealed class SeriesScaling
{
    private readonly Dictionary<string, ChannelScaling> _bySeries;

    internal SeriesScaling(ChannelScaling pooled, IEnumerable<KeyValuePair<string, ChannelScaling>> bySeries)
    {
        Pooled = pooled;
        _bySeries = new Dictionary<string, ChannelScaling>(bySeries, StringComparer.Ordinal);
    }

    /// <summary>Over the rows of all series: for a series that was not in training.</summary>
    public ChannelScaling Pooled { get; }

    /// <summary>By series key; empty when the training data was one series without a key.</summary>
    public IReadOnlyDictionary<string, ChannelScaling> BySeries => _bySeries.AsReadOnly();

    /// <summary>The scaling of a series; <see cref="Pooled"/> when it was not in training.</summary>
    public ChannelScaling this[string? key] => key is not null && _bySeries.TryGetValue(key, out ChannelScaling? own) ? own : Pooled;

    /// <summary>Fits on the first steps of each series; NaN values are left out.</summary>
    /// <param name="set">The series.</param>
    /// <param name="steps">How many steps of a series, given its length, are training rows.</param>
    public static SeriesScaling Fit(SeriesSet set, Func<long, long> steps)
    {
        ArgumentNullException.ThrowIfNull(set);
        ArgumentNullException.ThrowIfNull(steps);
        var pooled = new ChannelMoments(set.Channels);
        var bySeries = new Dictionary<string, ChannelScaling>(StringComparer.Ordinal);
        foreach (Series series in set.Series)
        {
            var own = new ChannelMoments(set.Channels);
            for (long step = 0; step < steps(series.Length); step++)
                own.Add(series.Rows.Row(step));
            pooled.Add(own);
            if (series.Key is { } key)
                bySeries.Add(key, own.ToScaling());
        }

        return new SeriesScaling(pooled.ToScaling(), bySeries);
    }
}
