using System.Numerics.Tensors;
using Microsoft.ML;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Data;
using MLNet.Sequence.Hosting;

namespace MLNet.Sequence.Rows;

/// <summary>Reads rows of an IDataView into labelled sequences, in one pass, and only the columns that are needed.</summary>
internal static class SequenceSetReader
{
    /// <param name="data">The rows.</param>
    /// <param name="input">Where the sequences are.</param>
    /// <param name="goal">Reads the label.</param>
    /// <param name="options">The columns of label and weight.</param>
    /// <param name="cancellation">Checked from time to time.</param>
    /// <exception cref="InvalidOperationException">A row cannot be trained on; the message names it.</exception>
    public static SequenceSet Read(IDataView data, SequenceInput input, SequenceGoal goal, SequenceOptions options, HostCancellation cancellation)
    {
        DataViewSchema schema = data.Schema;
        DataViewSchema.Column label = schema[options.LabelColumnName];
        string[] beside = [.. new[] { options.ExampleWeightColumnName, options.SamplingKeyColumnName }.OfType<string>()];
        IEnumerable<DataViewSchema.Column> needed = [.. SequenceRow.Columns(schema, input), label, .. beside.Select(name => schema[name])];
        using DataViewRowCursor cursor = DataFrameColumns.Open(cancellation.Host, data, needed);
        var row = new SequenceRow(cursor, input);
        VectorReader readLabel = goal.CreateReader(cursor, label);
        Action<SequenceSet> addGroup = Groups(cursor, options.SamplingKeyColumnName);
        Func<float> readWeight = options.ExampleWeightColumnName is { } weights ? Weight(cursor, weights) : () => 1;
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
                throw new InvalidOperationException($"The label '{options.LabelColumnName}' has {labels.Length} tags in row {cursor.Position + 1}, whose "
                    + $"sequence has {steps} steps: every step needs a tag.");
            if (!TensorPrimitives.IsFiniteAll(labels))
                throw new InvalidOperationException($"The label '{options.LabelColumnName}' is missing or infinite in row {cursor.Position + 1}. Leave "
                    + "the row out.");
            set.Add(values, labels, weight);
            addGroup(set);
            set.EndMissing += row.EndsMissing ? 1 : 0;
        }

        return set;
    }

    /// <summary>Reads sequences without a label, for next-step prediction.</summary>
    /// <param name="data">The rows.</param>
    /// <param name="input">Where the sequences are.</param>
    /// <param name="steps">The kind of the steps, the least number in a sequence, and the column that groups rows.</param>
    /// <param name="cancellation">Checked from time to time.</param>
    /// <exception cref="InvalidOperationException">A row cannot be trained on; the message names it.</exception>
    public static SequenceSet Read(IDataView data, SequenceInput input, (StepKind Kind, int Fewest, string? SamplingKey) steps, HostCancellation cancellation)
    {
        IEnumerable<DataViewSchema.Column> needed = SequenceRow.Columns(data.Schema, input);
        if (steps.SamplingKey is { } key)
            needed = needed.Append(data.Schema[key]);
        using DataViewRowCursor cursor = DataFrameColumns.Open(cancellation.Host, data, needed);
        var row = new SequenceRow(cursor, input, onlyBits: steps.Kind == StepKind.MultiLabel);
        Action<SequenceSet> addGroup = Groups(cursor, steps.SamplingKey);
        var set = new SequenceSet(input.RowSize);
        while (cursor.MoveNext())
        {
            if (cursor.Position % 1024 == 0)
                cancellation.Token.ThrowIfCancellationRequested();
            ReadOnlySpan<double> values = row.Read();
            if (values.Length >= steps.Fewest * input.RowSize)
            {
                set.Add(values, label: 0);
                addGroup(set);
                set.EndMissing += row.EndsMissing ? 1 : 0;
                continue;
            }

            set.Empty++;
            if (input.EmptySequences == EmptySequences.Error)
                throw new InvalidOperationException(
                    $"The sequence column '{input.Columns[0]}' has one step in row {cursor.Position + 1}: nothing can be predicted in it. Leave the row "
                        + "out, or set EmptySequences = EmptySequences.Skip.");
        }

        return set;
    }

    // Adds the group of the row at the cursor to a set; nothing if each row is a group of its own.
    private static Action<SequenceSet> Groups(DataViewRowCursor cursor, string? name)
    {
        if (name is null)
            return _ => { };
        Func<string> read = KeyReader.Create(cursor, cursor.Schema[name]);
        var known = new HashSet<string>(StringComparer.Ordinal);
        return set =>
        {
            string group = read();
            if (group.Length == 0)
            {
                throw new InvalidOperationException(
                    $"The sampling key '{name}' is missing in row {cursor.Position + 1}: the group of the row is unknown. Give it a value, or leave "
                        + "the row out.");
            }

            // Each name is stored once.
            if (!known.TryGetValue(group, out string? kept))
                known.Add(kept = group);
            set.Groups.Add(kept);
        };
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
