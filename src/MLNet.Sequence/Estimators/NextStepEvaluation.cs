using Microsoft.ML;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Tasks;
using MLNet.Sequence.Tasks.Metrics;

namespace MLNet.Sequence.Estimators;

/// <summary>Reads the losses of scored rows, and the lengths of their sequences.</summary>
internal static class NextStepEvaluation
{
    public static NextStepMetrics Run(SequenceHost host, IDataView scored, string lossColumn, BootstrapOptions? bootstrap)
    {
        DataViewSchema.Column column = host.Require(scored.Schema, "loss", lossColumn);
        NextStep task = NextStepColumns.ReadTask(column)
            ?? throw host.Mismatch("loss", lossColumn, "a loss column of a next-step model", column.Type.ToString()!);
        new SequenceBinding(host).Check(scored.Schema, task.Input);
        var metrics = new NextStepMetrics(task.Kind, Sequences(scored, column, task.Input), bootstrap);
        return metrics.Count > 0 ? metrics : throw new InvalidOperationException("No row has a sequence of two steps or more.");
    }

    private static IEnumerable<(double Loss, long Steps)> Sequences(IDataView scored, DataViewSchema.Column column, SequenceInput input)
    {
        using DataViewRowCursor cursor = scored.GetRowCursor(SequenceRow.Columns(scored.Schema, input).Append(column));
        var row = new SequenceRow(cursor, input);
        ValueGetter<float> read = cursor.GetGetter<float>(column);
        float loss = 0;
        while (cursor.MoveNext())
        {
            read(ref loss);
            yield return (loss, row.Read().Length / input.Features - 1);
        }
    }
}
