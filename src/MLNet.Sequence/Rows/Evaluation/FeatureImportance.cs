using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Data;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Onnx;
using MLNet.Sequence.Scoring;

namespace MLNet.Sequence;

/// <summary>The change of a metric when one feature of the sequences is taken from other rows.</summary>
/// <param name="Feature">The name of the feature that was permuted.</param>
/// <param name="Change">The metric with the feature permuted, minus the metric without; the mean over all permutations.</param>
/// <param name="StandardDeviation">The standard deviation of that difference over the permutations; 0 for a single permutation.</param>
public sealed record FeatureImportance(string Feature, double Change, double StandardDeviation);

/// <summary>
/// Permutation feature importance (Breiman, "Random forests", 2001, section 10; Fisher et al., arXiv 1801.01489) of the
/// features of sequences: all steps of a feature move to another row together.
/// </summary>
internal static class FeatureImportances
{
    public static IReadOnlyList<FeatureImportance> Run(
        SequenceHost host, SequencePredictionTransformer model, IDataView data, Func<IDataView, double> measure, int permutations)
    {
        SequenceInput input = model.Model.Task.RowInput!;
        if (input.Tokens is not null)
            throw new InvalidOperationException("The model reads tokens, one for each step: there are no separate features to permute.");
        // Read once: differences come only from the feature, even if the data changes when it is read again.
        data = new KeptRows(data, data.Schema.Where(column => !column.IsHidden).Select(column => column.Name), host);
        SequenceSet set = Read(data, input);
        if (set.Count == 0)
            throw new InvalidOperationException("The data has no rows.");
        double whole = measure(model.Transform(data));
        OutputSchema outputs = new(data.Schema, Replaced(data.Schema, input));
        long seed = host.NextSeed();
        return [.. input.FeatureNames.Select((name, feature) =>
        {
            double[] changes = [.. Enumerable.Range(0, permutations).Select(number =>
            {
                host.ThrowIfCanceled();
                var permuted = new SequenceScoredView(data, outputs, new PermutedFeature(input, set, (feature, unchecked(seed + number))));
                return measure(model.Transform(permuted)) - whole;
            })];
            double mean = changes.Average();
            return new FeatureImportance(name, mean, Math.Sqrt(changes.Average(change => (change - mean) * (change - mean))));
        })];
    }

    private static SequenceSet Read(IDataView data, SequenceInput input)
    {
        using DataViewRowCursor cursor = data.GetRowCursor(SequenceRow.Columns(data.Schema, input));
        var row = new SequenceRow(cursor, input);
        var set = new SequenceSet(input.Features);
        while (cursor.MoveNext())
            set.Add(row.Read(), label: 0);

        return set;
    }

    // Columns of the same names, which hide the original ones.
    private static OutputColumn[] Replaced(DataViewSchema schema, SequenceInput input)
    {
        DataViewSchema.Annotations none = new DataViewSchema.Annotations.Builder().ToAnnotations();
        if (input.Scalars)
        {
            return [.. input.Columns.Select((name, i) => OutputColumn.Create(
                name, NumberDataViewType.Double, none, (ReadOnlySpan<float> values, ref double value) => value = Whole(values, i)))];
        }

        var type = (VectorDataViewType)schema[input.Columns[0]].Type;
        return
        [
            OutputColumn.Create(input.Columns[0], new VectorDataViewType(NumberDataViewType.Double, type.Dimensions), none,
                (ReadOnlySpan<float> values, ref VBuffer<double> value) =>
            {
                VBufferEditor<double> editor = VBufferEditor.Create(ref value, values.Length / 2);
                for (int i = 0; i < editor.Values.Length; i++)
                    editor.Values[i] = Whole(values, i);
                value = editor.Commit();
            }),
        ];
    }

    private static double Whole(ReadOnlySpan<float> parts, int index) => (double)parts[2 * index] + parts[2 * index + 1];
}

/// <summary>
/// Sequences with one feature taken from another row each. If that row is longer or shorter, a step takes the value at the same
/// relative position.
/// </summary>
internal sealed class PermutedFeature(SequenceInput input, SequenceSet set, (int Index, long Seed) feature) : IRowOutputs
{
    private readonly Permutation _order = new(set.Count, feature.Seed);

    public IEnumerable<DataViewSchema.Column> Columns(DataViewSchema schema) => SequenceRow.Columns(schema, input);

    public SequenceRow Read(DataViewRow row) => new(row, input);

    public float[][] Outputs(long first, IReadOnlyList<double[]> sequences) =>
        [.. sequences.Select((sequence, i) => Permuted(sequence, (int)_order[first + i]))];

    public OnnxRows ToOnnx(DataViewSchema schema) => throw new NotSupportedException("Permuted rows are only evaluated.");

    private float[] Permuted(double[] sequence, int other)
    {
        double[] own = [.. sequence], foreign = set.Sequence(other);
        int steps = own.Length / set.Features, others = set.Length(other);
        for (int step = 0; step < steps && others > 0; step++)
            own[step * set.Features + feature.Index] = foreign[(int)((long)step * others / steps) * set.Features + feature.Index];
        // A double as two floats: the part that Single holds, and the rest.
        return [.. own.SelectMany(value => new[] { (float)value, double.IsFinite(value) ? (float)(value - (float)value) : 0 })];
    }
}
