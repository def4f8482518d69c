using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Hosting;

namespace MLNet.Sequence.Rows;

/// <summary>Reads the tags of scored rows. Tags are compared by the values of their keys.</summary>
internal static class TagEvaluation
{
    private const string Expected = "a vector of keys";

    public static SequenceTagMetrics Run(SequenceHost host, IDataView scored, (string Label, string Predicted) columns, BootstrapOptions? bootstrap)
    {
        DataViewSchema.Column label = Find(host, scored.Schema, "label", columns.Label),
            predicted = Find(host, scored.Schema, "predicted labels", columns.Predicted);
        var rows = new List<(string[] Actual, string[] Predicted)>();
        using DataViewRowCursor cursor = DataFrameColumns.Open(host, scored, [label, predicted]);
        Func<string[]> readLabel = Tags(cursor, label), readPredicted = Tags(cursor, predicted);
        while (cursor.MoveNext())
        {
            if (cursor.Position % 1024 == 0)
                host.ThrowIfCanceled();
            (string[] actual, string[] found) = (WithoutPadding(readLabel()), readPredicted());
            if (actual.Length != found.Length)
                throw new InvalidOperationException(
                    $"The label '{label.Name}' has {actual.Length} tags in row {cursor.Position + 1}, '{predicted.Name}' has {found.Length}.");
            if (actual.Length > 0)
                rows.Add((actual, found));
        }

        return rows.Count > 0 ? new SequenceTagMetrics(rows, bootstrap) : throw new InvalidOperationException("No row has tags.");
    }

    // Rows may be padded to one length.
    private static string[] WithoutPadding(string[] tags) => tags[..(Array.FindLastIndex(tags, tag => tag.Length > 0) + 1)];

    private static DataViewSchema.Column Find(SequenceHost host, DataViewSchema schema, string role, string name)
    {
        DataViewSchema.Column column = host.Require(schema, role, name);
        return column.Type is VectorDataViewType { ItemType: KeyDataViewType } ? column : throw host.Mismatch(role, name, Expected, column.Type.ToString()!);
    }

    private static Func<string[]> Tags(DataViewRow row, DataViewSchema.Column column)
    {
        string[] names = KeyValues.Of(column)?.Values ?? [];
        VectorReader read = ChannelReaders.CreateVector(row, column);
        return () =>
        {
            Span<double> keys = read();
            var tags = new string[keys.Length];
            // Keys count from 1; 0 is the missing key.
            for (int step = 0; step < tags.Length; step++)
                tags[step] = keys[step] == 0 ? "" : keys[step] <= names.Length ? names[(int)keys[step] - 1] : FormattableString.Invariant($"{keys[step]}");
            return tags;
        };
    }
}
