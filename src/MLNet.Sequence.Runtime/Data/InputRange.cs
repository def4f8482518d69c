using System.Text.Json.Serialization;
using MLNet.Sequence.Data;

namespace MLNet.Sequence;

/// <summary>
/// The smallest and the largest value of each channel in training, standardised as the network sees it. The range includes 0, the value of
/// missing values and padding.
/// </summary>
/// <param name="Low">The smallest value of each channel, in standard deviations from the mean; at most 0.</param>
/// <param name="High">The largest value of each channel, in standard deviations from the mean; at least 0.</param>
public sealed record InputRange(
    [property: JsonConverter(typeof(FloatsConverter))] ValueList<float> Low,
    [property: JsonConverter(typeof(FloatsConverter))] ValueList<float> High)
{
    /// <summary>The range of all rows of all series, each standardised by its own scaling.</summary>
    internal static InputRange Of(SeriesSet set, SeriesScaling scaling)
    {
        var range = new Widest(set.Channels);
        var values = new double[set.Channels];
        var row = new float[set.Channels];
        foreach (Series series in set.Series)
        {
            ChannelScaling own = scaling[series.Key];
            for (long step = 0; step < series.Length; step++)
            {
                series.Rows.CopyTo(step, values);
                own.Apply(values, row);
                range.Include(row);
            }
        }

        return range.Seen;
    }

    /// <summary>The range of all steps of all sequences.</summary>
    internal static InputRange Of(SequenceSet set, StepEncoding encoding)
    {
        var range = new Widest(encoding.Channels);
        for (int sequence = 0; sequence < set.Count; sequence++)
        {
            var values = new float[set.Length(sequence) * encoding.Channels];
            encoding.Apply(set.Sequence(sequence), values);
            range.Include(values);
        }

        return range.Seen;
    }

    /// <summary>This range, with channels that are 0 or 1 inserted.</summary>
    /// <param name="first">The index of the first one.</param>
    /// <param name="count">Their number.</param>
    internal InputRange WithMasks(int first, int count) => count == 0 ? this : new(
        [.. Low.Take(first), .. Enumerable.Repeat(0f, count), .. Low.Skip(first)], [.. High.Take(first), .. Enumerable.Repeat(1f, count), .. High.Skip(first)]);

    /// <exception cref="FormatException">It is not a range of this number of channels.</exception>
    internal void MustFit(int channels)
    {
        if (Low.Length != channels || High.Length != channels)
            throw new FormatException($"The input range has {Low.Length} least and {High.Length} largest values; the task has {channels} channels.");
        if (Low.Any(low => !(low <= 0)) || High.Any(high => !(high >= 0)))
            throw new FormatException("The input range has a channel whose values do not include 0.");
    }

    /// <summary>Whether all rows, standardised, are inside.</summary>
    /// <param name="rows">Rows of some channels.</param>
    /// <param name="first">The first channel.</param>
    /// <param name="count">The number of channels.</param>
    internal bool Covers(ReadOnlySpan<float> rows, int first, int count)
    {
        for (int i = 0; i < rows.Length; i++)
        {
            int channel = first + i % count;
            if (!(rows[i] >= Low[channel] && rows[i] <= High[channel]))
                return false;
        }

        return true;
    }

    // Each value widens the range.
    private sealed class Widest(int channels)
    {
        private readonly float[] _low = new float[channels], _high = new float[channels];

        public InputRange Seen => new(_low, _high);

        public void Include(ReadOnlySpan<float> rows)
        {
            for (int i = 0; i < rows.Length; i++)
            {
                int channel = i % channels;
                if (float.IsNaN(rows[i]))
                    continue;
                _low[channel] = Math.Min(_low[channel], rows[i]);
                _high[channel] = Math.Max(_high[channel], rows[i]);
            }
        }
    }
}
