using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Hosting;

namespace MLNet.Sequence.Rows;

/// <summary>Reads the labels and scores of scored rows: numbers, or vectors of the same size.</summary>
internal static class RegressionEvaluation
{
    private const string Expected = "a number, or a vector of known size of numbers";

    public static SequenceRegressionMetrics Run(SequenceHost host, IDataView scored, (string Label, string Score) columns, BootstrapOptions? bootstrap)
    {
        DataViewSchema.Column label = Find(host, scored.Schema, "label", columns.Label), score = Find(host, scored.Schema, "score", columns.Score);
        int size = ChannelReaders.CountChannels(label.Type);
        if (ChannelReaders.CountChannels(score.Type) is var found && found != size)
            throw host.Mismatch("score", score.Name, $"{size} numbers, as the label has", $"{found}");
        var rows = new List<(float[] Label, float[] Score)>();
        long leftOut = 0;
        using DataViewRowCursor cursor = DataFrameColumns.Open(host, scored, [label, score]);
        ChannelReader readLabel = ChannelReaders.Create(cursor, label), readScore = ChannelReaders.Create(cursor, score);
        while (cursor.MoveNext())
        {
            if (cursor.Position % 4096 == 0)
                host.ThrowIfCanceled();
            (float[] labels, float[] scores) = (new float[size], new float[size]);
            readLabel(labels);
            readScore(scores);
            if (labels.Concat(scores).All(float.IsFinite))
                rows.Add((labels, scores));
            else
                leftOut++;
        }

        return rows.Count > 0
            ? new SequenceRegressionMetrics(Names(label, size), rows, leftOut, bootstrap)
            : throw new InvalidOperationException("No row has both a label and a score.");
    }

    private static DataViewSchema.Column Find(SequenceHost host, DataViewSchema schema, string role, string name)
    {
        DataViewSchema.Column column = host.Require(schema, role, name);
        return ChannelReaders.CountChannels(column.Type) > 0 ? column : throw host.Mismatch(role, name, Expected, column.Type.ToString()!);
    }

    private static string[] Names(DataViewSchema.Column label, int size)
    {
        if (label.Type is not VectorDataViewType)
            return [label.Name];
        VBuffer<ReadOnlyMemory<char>> slots = default;
        if (label.HasSlotNames())
            label.GetSlotNames(ref slots);
        return [.. Enumerable.Range(0, size).Select(
            i => slots.Length > i && slots.GetItemOrDefault(i) is { IsEmpty: false } slot ? slot.ToString() : $"{label.Name}[{i}]")];
    }
}
