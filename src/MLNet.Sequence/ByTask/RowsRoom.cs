using Microsoft.ML;
using Microsoft.ML.Runtime;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Data;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Memory;
using MLNet.Sequence.Rows;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.ByTask;

/// <summary>Rows that hold a sequence and a label each: an example is a row.</summary>
/// <param name="task">The task.</param>
/// <param name="goal">The goal that reads and learns its labels.</param>
internal sealed class RowsRoom(SequenceTask task, SequenceGoal goal) : TaskRoom
{
    public override SequenceTransformer Transformer(IHostEnvironment environment, SequenceModel model) => new SequencePredictionTransformer(environment, model);

    public override IReadOnlyList<MemoryExample> Examples(MeasuredModel of, IDataView data)
    {
        using HostCancellation cancellation = of.Host.LinkCancellation(of.Options.CancellationToken);
        SequenceInput input = task.RowInput!;
        ChannelScaling? numbers = task.Decoded.Labels;
        SequenceSet set = Labelled(of, data, input, cancellation);
        return [.. of.Spread(set.Count).Select(row =>
        {
            double[] labels = set.Labels((int)row);
            var target = new float[labels.Length];
            (numbers ?? ChannelScaling.None(labels.Length)).Apply(labels, target);
            return new MemoryExample(of.Sequence(set, (int)row, set.Length((int)row)), target);
        })];
    }

    private SequenceSet Labelled(MeasuredModel of, IDataView data, SequenceInput input, HostCancellation cancellation)
    {
        var columns = new SequenceOptions { LabelColumnName = of.Options.LabelColumnName };
        new SequenceBinding(of.Host).Check(data.Schema, input);
        goal.Check(of.Host, SchemaShapes.Of(data.Schema), columns);
        if (task.Outputs.FirstOrDefault(output => output.Decoding is LikeliestDecoding) is { } likeliest)
            CheckValues(of, data.Schema[of.Options.LabelColumnName], likeliest.Names?.Values);
        SequenceSet set = SequenceSetReader.Read(data, input, goal, columns, cancellation);
        return set.Count >= 2
            ? set
            : throw new InvalidOperationException($"The data has {set.Count} rows with a sequence; to measure memory, at least 2 are needed.");
    }

    private static void CheckValues(MeasuredModel of, DataViewSchema.Column label, IReadOnlyList<string>? values)
    {
        string found = string.Join(", ", KeyValues.Of(label)?.Values ?? ["no values"]), expected = string.Join(", ", values ?? ["no values"]);
        if (found != expected)
            throw of.Host.Mismatch("label", label.Name, $"a key of the values of training ({expected})", $"one of {found}");
    }
}
