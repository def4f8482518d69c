using System.Globalization;
using System.Text.Json.Serialization;

namespace MLNet.Sequence;

/// <summary>A column and the channels that it gives: one for a scalar, one per slot for a vector.</summary>
/// <param name="Name">The name that the column has in the data.</param>
/// <param name="Channels">A name for each channel that the column gives, in their order.</param>
public sealed record ChannelColumn(string Name, IReadOnlyList<string> Channels)
{
    /// <summary>A name for each channel that the column gives, in their order.</summary>
    public IReadOnlyList<string> Channels { get; init => field = ValueList.Of(value); } = ValueList.Of(Channels);

    /// <summary>
    /// The values of a column of keys, in the order of training: a network reads a vector for each, by its index. Null, the default: the
    /// column holds numbers.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Keys { get; init => field = ValueList.Of(value); }

    /// <summary>The problems of columns of numbers and keys, one sentence each.</summary>
    internal static IEnumerable<string> Problems(IReadOnlyList<ChannelColumn> columns)
    {
        if (columns.Any(column => column.Channels.Count == 0 || column.Keys is { } keys && (keys.Count == 0 || column.Channels.Count != 1)))
            yield return $"A column needs a channel, and one of keys one channel and a key at least; found {string.Join(", ", columns)}.";
        if (columns.SkipWhile(column => column.Keys is null).Any(column => column.Keys is null))
            yield return $"Columns of keys must come after those of numbers; found {string.Join(", ", columns)}.";
    }
}

/// <summary>A channel of a row that holds the index of a key.</summary>
/// <param name="Channel">Its index among the channels.</param>
/// <param name="Name">The column.</param>
/// <param name="Count">The number of keys in training; also the index of all other keys.</param>
internal sealed record KeyChannel(int Channel, string Name, int Count)
{
    /// <summary>Checks that key channels hold indices of keys, or nothing (NaN). Allocates nothing.</summary>
    /// <param name="keys">The key channels of a row.</param>
    /// <param name="rows">Rows of some channels.</param>
    /// <param name="first">The first channel.</param>
    /// <param name="count">The number of channels.</param>
    /// <exception cref="ArgumentException">Names the column.</exception>
    public static void MustHold(KeyChannel[] keys, ReadOnlySpan<double> rows, int first, int count)
    {
        foreach (KeyChannel key in keys)
        {
            if (key.Channel < first || key.Channel >= first + count)
                continue;
            for (int at = key.Channel - first; at < rows.Length; at += count)
            {
                if (!double.IsNaN(rows[at]) && !(rows[at] >= 0 && rows[at] <= key.Count && rows[at] == Math.Floor(rows[at])))
                {
                    throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"The key of '{key.Name}' is {rows[at]}; expected its index "
                        + $"among the keys of training, from 0 to {key.Count - 1}, or {key.Count} "
                            + $"for another."),
                        nameof(rows));
                }
            }
        }
    }
}
