using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Hosting;

namespace MLNet.Sequence.Pairs;

/// <summary>Reads actual and predicted sequences, which are compared by the values of their tokens.</summary>
internal static class PairEvaluation
{
    /// <param name="host">The host.</param>
    /// <param name="scored">Scored rows.</param>
    /// <param name="columns">The columns to compare.</param>
    /// <param name="bootstrap">How intervals are made; null: none.</param>
    /// <param name="only">The rows to compare, counted from 0; null: all.</param>
    public static SequenceToSequenceMetrics Run(
        SequenceHost host, IDataView scored, SequenceColumns columns, BootstrapOptions? bootstrap, HashSet<int>? only = null)
    {
        DataViewSchema.Column actual = Find(host, scored.Schema, "target", columns.Target),
            predicted = Find(host, scored.Schema, "predicted sequence", columns.Predicted);
        var rows = new List<ComparedSequence>();
        using DataViewRowCursor cursor = DataFrameColumns.Open(host, scored, [actual, predicted]);
        Func<string[]> readActual = Values(cursor, actual), readPredicted = Values(cursor, predicted);
        while (cursor.MoveNext())
        {
            if (cursor.Position % 1024 == 0)
                host.ThrowIfCanceled();
            if (only?.Contains((int)cursor.Position) == false)
                continue;
            rows.Add(new ComparedSequence(readActual(), readPredicted()));
        }

        return rows.Count > 0
            ? new SequenceToSequenceMetrics(rows, columns.Words, bootstrap)
            : throw new InvalidOperationException("The data has no rows to evaluate.");
    }

    private static DataViewSchema.Column Find(SequenceHost host, DataViewSchema schema, string role, string name)
    {
        DataViewSchema.Column column = host.Require(schema, role, name);
        return column.Type is TextDataViewType or VectorDataViewType { ItemType: KeyDataViewType or TextDataViewType }
            ? column
            : throw host.Mismatch(role, name, "text, or a vector of keys or of text", column.Type.ToString()!);
    }

    // Missing keys and empty texts are no tokens: rows may be padded to one length. A text is its words, whatever white space is between them.
    private static Func<string[]> Values(DataViewRow row, DataViewSchema.Column column)
    {
        if (column.Type is TextDataViewType)
        {
            ValueGetter<ReadOnlyMemory<char>> whole = row.GetGetter<ReadOnlyMemory<char>>(column);
            ReadOnlyMemory<char> line = default;
            return () =>
            {
                whole(ref line);
                return line.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            };
        }

        if (column.Type is VectorDataViewType { ItemType: TextDataViewType })
        {
            ValueGetter<VBuffer<ReadOnlyMemory<char>>> text = row.GetGetter<VBuffer<ReadOnlyMemory<char>>>(column);
            VBuffer<ReadOnlyMemory<char>> words = default;
            return () =>
            {
                text(ref words);
                return [.. words.DenseValues().Where(word => word.Length > 0).Select(word => word.ToString())];
            };
        }

        string[] names = KeyValues.Of(column)?.Values ?? [];
        VectorReader read = ChannelReaders.CreateVector(row, column);
        return () => [.. read().ToArray().Where(key => key > 0).Select(key =>
            key <= names.Length ? names[(int)key - 1] : FormattableString.Invariant($"{key}"))];
    }
}

/// <summary>The columns of an evaluation, and how words are found.</summary>
internal readonly record struct SequenceColumns(string Target, string Predicted, BleuTokens Words);
