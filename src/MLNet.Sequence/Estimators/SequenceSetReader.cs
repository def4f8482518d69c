using System.Numerics.Tensors;
using Microsoft.ML;
using MLNet.Sequence.Data;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Estimators;

/// <summary>Reads rows of an IDataView into labelled sequences, one pass, only the columns that are needed.</summary>
internal static class SequenceSetReader
{
    /// <param name="data">The rows.</param>
    /// <param name="input">Where the sequences are.</param>
    /// <param name="goal">Reads the label.</param>
    /// <param name="options">The columns of label and weight.</param>
    /// <param name="cancellation">Looked at now and then.</param>
    /// <exception cref="InvalidOperationException">A row cannot be trained on; the message names it.</exception>
    public static SequenceSet Read(IDataView data, SequenceInput input, SequenceGoal goal, SequenceOptions options, HostCancellation cancellation)
    {
        DataViewSchema schema = data.Schema;
        DataViewSchema.Column label = schema[options.LabelColumn];
        IEnumerable<DataViewSchema.Column> needed = [.. SequenceRow.Columns(schema, input), label];
        if (options.ExampleWeightColumn is { } name)
            needed = needed.Append(schema[name]);
        using DataViewRowCursor cursor = DataFrameColumns.Open(cancellation.Host, data, needed);
        var row = new SequenceRow(cursor, input);
        VectorReader readLabel = goal.CreateReader(cursor, label);
        Func<float> readWeight = options.ExampleWeightColumn is { } weights ? Weight(cursor, weights) : () => 1;
        var set = new SequenceSet(input.Features, goal.LabelSize(label));
        while (cursor.MoveNext())
        {
            if (cursor.Position % 1024 == 0)
                cancellation.Token.ThrowIfCancellationRequested();
            float weight = readWeight();
            if (weight == 0)
            {
                set.Weightless++;
                continue;
            }

            ReadOnlySpan<double> values = row.Read();
            if (values.IsEmpty)
            {
                set.Empty++;
                continue;
            }

            ReadOnlySpan<double> labels = readLabel();
            int steps = values.Length / input.Features;
            if (set.LabelSize is null && labels.Length != steps)
                throw new InvalidOperationException($"The label '{options.LabelColumn}' has {labels.Length} tags in row {cursor.Position + 1}, whose sequence has {steps} steps: every step needs a tag.");
            if (!TensorPrimitives.IsFiniteAll(labels))
                throw new InvalidOperationException($"The label '{options.LabelColumn}' is missing or infinite in row {cursor.Position + 1}. Leave the row out.");
            set.Add(values, labels, weight);
            set.EndMissing += row.EndsMissing ? 1 : 0;
        }

        return set;
    }

    /// <summary>Reads sequences that have no label, to be predicted step by step.</summary>
    /// <param name="data">The rows.</param>
    /// <param name="input">Where the sequences are.</param>
    /// <param name="kind">What their steps are made of.</param>
    /// <param name="fewest">Steps that a sequence must have.</param>
    /// <param name="cancellation">Looked at now and then.</param>
    /// <exception cref="InvalidOperationException">A row cannot be trained on; the message names it.</exception>
    public static SequenceSet Read(IDataView data, SequenceInput input, StepKind kind, int fewest, HostCancellation cancellation)
    {
        using DataViewRowCursor cursor = DataFrameColumns.Open(cancellation.Host, data, SequenceRow.Columns(data.Schema, input));
        var row = new SequenceRow(cursor, input, onlyBits: kind == StepKind.MultiLabel);
        var set = new SequenceSet(input.Features);
        while (cursor.MoveNext())
        {
            if (cursor.Position % 1024 == 0)
                cancellation.Token.ThrowIfCancellationRequested();
            ReadOnlySpan<double> values = row.Read();
            if (values.Length >= fewest * input.Features)
            {
                set.Add(values, label: 0);
                set.EndMissing += row.EndsMissing ? 1 : 0;
                continue;
            }

            set.Empty++;
            if (input.EmptySequences == EmptySequences.Error)
                throw new InvalidOperationException(
                    $"The sequence column '{input.Columns[0]}' has one step in row {cursor.Position + 1}: nothing can be predicted in it. Leave the row out, or set EmptySequences = EmptySequences.Skip.");
        }

        return set;
    }

    private static Func<float> Weight(DataViewRowCursor cursor, string name)
    {
        ChannelReader read = ChannelReaders.Create(cursor, cursor.Schema[name]);
        var value = new float[1];
        return () =>
        {
            read(value);
            return value[0] >= 0 && float.IsFinite(value[0])
                ? value[0]
                : throw new InvalidOperationException($"The example weight '{name}' must be 0 or above; found {value[0]} in row {cursor.Position + 1}.");
        };
    }
}
