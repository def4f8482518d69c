using Microsoft.ML;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Generation;
using MLNet.Sequence.Hosting;

namespace MLNet.Sequence.NextSteps;

/// <summary>Losses of rows that were scored independently, or of all rows as one text.</summary>
internal static class NextStepEvaluation
{
    public static NextStepMetrics Run(SequenceHost host, IDataView scored, string lossColumn, BootstrapOptions? bootstrap)
    {
        DataViewSchema.Column column = host.Require(scored.Schema, "loss", lossColumn);
        SequenceTask task = LossAnnotation.Read(column)
            ?? throw host.Mismatch("loss", lossColumn, "a loss column of a next-step model", column.Type.ToString()!);
        (SequenceInput input, StepKind kind) = (task.RowInput!, task.NextSteps!.Value);
        new SequenceBinding(host).Check(scored.Schema, input);
        var metrics = new NextStepMetrics(kind, Sequences(host, scored, column, input), bootstrap);
        return metrics.Count > 0 ? metrics : throw new InvalidOperationException("No row has a sequence of two steps or more.");
    }

    /// <summary>All tokens of all rows, each predicted from all tokens before it.</summary>
    public static NextStepMetrics Run(SequenceHost host, SequenceModel model, IDataView text, BootstrapOptions? bootstrap)
    {
        StepKind? kind = model.Task.NextSteps;
        if (kind != StepKind.Token)
            throw new InvalidOperationException($"A text has tokens; the model's task is "
                + $"{model.Task.GetType().Name}{(kind is null ? "" : $" of the kind {kind}")}.");
        SequenceInput input = model.Task.RowInput!;
        new SequenceBinding(host).Check(text.Schema, input);
        var metrics = new NextStepMetrics(StepKind.Token, Parts(host, new StepStream(model), text, input), bootstrap);
        return metrics.Count > 0 ? metrics : throw new InvalidOperationException("The text has fewer than two tokens.");
    }

    /// <summary>The mean loss of each row, and its number of steps.</summary>
    public static IEnumerable<(double Loss, long Steps)> Sequences(SequenceHost host, IDataView scored, DataViewSchema.Column column, SequenceInput input)
    {
        using DataViewRowCursor cursor = DataFrameColumns.Open(host, scored, SequenceRow.Columns(scored.Schema, input).Append(column));
        var row = new SequenceRow(cursor, input);
        ValueGetter<float> read = cursor.GetGetter<float>(column);
        float loss = 0;
        while (cursor.MoveNext())
        {
            read(ref loss);
            yield return (loss, row.Read().Length / input.RowSize - 1);
        }
    }

    private static IEnumerable<(double Loss, long Steps)> Parts(SequenceHost host, StepStream stream, IDataView text, SequenceInput input)
    {
        using DataViewRowCursor cursor = DataFrameColumns.Open(host, text, SequenceRow.Columns(text.Schema, input));
        var row = new SequenceRow(cursor, input);
        bool begun = false;
        while (cursor.MoveNext())
        {
            (double loss, long steps) = (0, 0);
            foreach (double token in row.Read())
            {
                host.ThrowIfCanceled();
                if (begun)
                    (loss, steps) = (loss + Logits.LogSumExp(stream.Output) - stream.Output[(int)token], steps + 1);
                stream.Feed((int)token);
                begun = true;
            }

            yield return (loss / steps, steps);
        }
    }
}
