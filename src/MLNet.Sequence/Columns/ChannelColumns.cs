using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Hosting;

namespace MLNet.Sequence.Columns;

/// <summary>The channels of columns.</summary>
internal sealed class ChannelColumns(SequenceHost host)
{
    public const string KeyExpected = $"{ChannelReaders.Expected}, or a key (MapValueToKey makes keys of text)";

    /// <summary>The channels of a column in this schema.</summary>
    public ChannelColumn Of(DataViewSchema schema, string role, string name)
    {
        DataViewSchema.Column column = host.Require(schema, role, name);
        int count = ChannelReaders.CountChannels(column.Type);
        if (count == 0)
            throw host.Mismatch(role, name, ChannelReaders.Expected, column.Type.ToString()!);
        if (column.Type is not VectorDataViewType)
            return new ChannelColumn(name, [name]);
        if (!column.HasSlotNames())
            return new ChannelColumn(name, [.. Enumerable.Range(0, count).Select(slot => $"{name}[{slot}]")]);
        VBuffer<ReadOnlyMemory<char>> names = default;
        column.GetSlotNames(ref names);
        return new ChannelColumn(name, [.. names.DenseValues().Select((slot, i) => slot.IsEmpty ? $"{name}[{i}]" : slot.ToString())]);
    }

    /// <summary>For columns of numbers or keys. Numbers come first: the vectors of keys replace the last channels.</summary>
    public ChannelColumn[] OfKeys(DataViewSchema schema, string role, IReadOnlyList<string> names) =>
        [.. names.Select(name => OfKey(schema, role, name)).OrderBy(column => column.Keys is not null)];

    /// <summary>For a column of numbers or keys.</summary>
    public ChannelColumn OfKey(DataViewSchema schema, string role, string name)
    {
        DataViewSchema.Column column = host.Require(schema, role, name);
        if (column.Type is not KeyDataViewType key)
        {
            return ChannelReaders.CountChannels(column.Type) > 0
                ? Of(schema, role, name)
                : throw host.Mismatch(role, name, KeyExpected, column.Type.ToString()!);
        }

        if (!KeyReader.Reads(column))
            throw host.Mismatch(role, name, KeyExpected, column.Type.ToString()!);
        return new ChannelColumn(name, [name])
        {
            Keys = KeyValues.Of(column)?.Values ?? [.. Enumerable.Range(1, (int)key.Count).Select(number => number.ToString(CultureInfo.InvariantCulture))],
        };
    }
}
