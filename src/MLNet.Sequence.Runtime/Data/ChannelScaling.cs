using System.Globalization;
using System.Numerics.Tensors;
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

    /// <summary>
    /// The power transforms of the first channels, the targets, with <see cref="ScalingKind.BoxCox"/>: <see cref="Mean"/> and <see cref="Deviation"/> are
    /// then those of the transformed values. Null, as in files of older versions: there are none.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<PowerTransform>? Powers { get; init => field = ValueList.Of(value); }

    /// <summary>
    /// Mean and standard deviation of the values, if the targets are seen as differences (<see cref="Differencing"/>), whose centre and scale
    /// <see cref="Mean"/> and <see cref="Deviation"/> then are: of transformed values, if these have a transform. Null, as in files of older versions:
    /// they are not.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ChannelScaling? Undifferenced { get; init; }

    /// <summary>Mean and standard deviation of the values, whatever the kind of scaling.</summary>
    internal ChannelScaling Moments => Undifferenced ?? Standard ?? this;

    /// <summary>Mean and standard deviation of what is scaled: of differences, if targets are seen as such.</summary>
    internal ChannelScaling Scaled => Standard ?? this;

    /// <summary>The differences of the targets of one window, which this is the scaling of; null: there are none.</summary>
    internal WindowDifferences? Differences { get; init; }

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
        if (Powers is { } powers && powers.Count > channels)
            yield return $"The {name} has {powers.Count} power transforms; the task has {channels} channels.";
        foreach (string problem in (Powers ?? []).SelectMany(power => power.Problems(name)))
            yield return problem;
        foreach (string problem in Standard is { Standard: null } moments ? moments.Problems(channels, $"standard {name}") : [])
            yield return problem;
        foreach (string problem in Undifferenced is { Undifferenced: null } values ? values.Problems(channels, $"{name} of values") : [])
            yield return problem;
        for (int i = 0; i < Math.Min(Mean.Length, Deviation.Length); i++)
        {
            if (!double.IsFinite(Mean[i]) || !double.IsFinite(Deviation[i]) || Deviation[i] <= 0)
                yield return string.Create(CultureInfo.InvariantCulture, $"The {name} of channel {i} has the mean {Mean[i]} and the deviation "
                    + $"{Deviation[i]}; expected a finite mean and a finite deviation above 0.");
        }
    }

    /// <summary>The contradictions between a scaling that a file describes and its task, one sentence each.</summary>
    /// <param name="rule">How the task scales.</param>
    /// <param name="ofDifferences">Whether it sees its targets as differences.</param>
    /// <param name="name">The name of the scaling in messages.</param>
    internal IEnumerable<string> Contradictions(ScalingRule rule, bool ofDifferences, string name)
    {
        int powers = rule.Kind == ScalingKind.BoxCox ? rule.Targets : 0;
        if ((Powers?.Count ?? 0) != powers || Powers is not null && powers == 0)
        {
            yield return $"The {name} has {Powers?.Count ?? 0} power transforms; a task of {rule.Targets} targets with {nameof(ScalingKind)}.{rule.Kind} "
                + $"has {powers}.";
        }

        int logarithms = rule.Kind == ScalingKind.Log1p ? rule.Targets : 0;
        if (!(Logarithms ?? []).SequenceEqual(Enumerable.Range(0, Logarithms?.Count ?? 0).Select(channel => channel < logarithms))
            || Logarithms is null != (logarithms == 0))
        {
            yield return $"The {name} has logarithms of {Logarithms?.Count(isLogged => isLogged) ?? 0} channels; a task of {rule.Targets} targets with "
                + $"{nameof(ScalingKind)}.{rule.Kind} has them of {(logarithms == 0 ? "none" : "its targets")}.";
        }

        if (Undifferenced is not null != ofDifferences)
        {
            yield return $"The {name} is {(ofDifferences ? "without" : "with")} the mean and deviation of undifferenced values; the task "
                + $"{(ofDifferences ? "has" : "has no")} {nameof(Differencing)}.";
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
        Powers = Powers is null ? null : [.. Powers.Select((power, i) => channels.Contains(i) ? other.Power(i) ?? power : power)],
    };

    /// <summary>Whether channels are scaled as powers or logarithms, so that a step of the network has no fixed size in the data's units.</summary>
    internal bool HasPowers => Logarithms is not null || Powers is not null;

    /// <summary>The transform of a channel before it is scaled; null: none.</summary>
    internal PowerTransform? Power(int channel) => Powers is not null ? channel < Powers.Count ? Powers[channel] : null
        : Logarithms is not null && Logarithms[channel] ? PowerTransform.Log1p : null;

    /// <summary>A value, or difference, as the network sees it, in double.</summary>
    internal double Seen(double value, int channel) => ((Own(channel) is { } power ? power.Apply(value) : value) - Mean[channel]) / Deviation[channel];

    /// <summary>The mean of the training rows, or of the window, as the network sees it: 0 unless the centre is another number than the mean.</summary>
    internal float SeenMean(int channel) => (float)((Scaled.Mean[channel] - Mean[channel]) / Deviation[channel]);

    // The value of what the network gives.
    private double Given(double seen, int channel)
    {
        double value = seen * Deviation[channel] + Mean[channel];
        return Own(channel) is { } power ? power.Undo(value) : value;
    }

    // Differences are of values that are transformed already.
    private PowerTransform? Own(int channel) => Undifferenced is null ? Power(channel) : null;

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
            Powers = Powers?.Take(channels).ToArray(),
            Standard = Standard?.First(channels),
            Undifferenced = Undifferenced?.First(channels),
            Constant = Constant?.Take(channels).ToArray(),
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
        if (Differences is not null)
        {
            var values = new double[rows.Length];
            Undo(rows, values, channels);
            TensorPrimitives.ConvertTruncating<double, float>(values, rows);
            return;
        }

        for (int i = 0; i < rows.Length; i++)
            rows[i] = (float)Given(rows[i], i % channels);
    }

    /// <summary>Returns rows of the first <paramref name="channels"/> channels to the data's units, in double.</summary>
    internal void Undo(ReadOnlySpan<float> rows, Span<double> values, int channels)
    {
        for (int i = 0; i < rows.Length; i++)
            values[i] = Given(rows[i], i % channels);
        Differences?.AddUp(values);
    }
}
