using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Training;

namespace MLNet.Sequence.Rows;

/// <summary>One of several classes, from a key label; outputs by ML.NET's conventions of multiclass classification.</summary>
internal sealed class MulticlassGoal : SequenceGoal
{
    public override bool HasClasses => true;

    public override MetricInfo Metric => MetricInfo.Accuracy;

    protected override string Expected =>
        $"a key of known count whose values, if it has any, are {KeyValues.Expected} (ml.Transforms.Conversion.MapValueToKey makes one)";

    public override IEnumerable<string> Problems(SequenceOptions options) => LossProblems(options);

    public override SchemaShape.Column[] Promise(SchemaShape.Column label, SequenceOptions options)
    {
        DataViewType? values = SchemaShapes.KeyValuesOf(label);
        return
        [
            SchemaShapes.Key(options.PredictedLabelColumnName, values is null ? [] : [SchemaShapes.KeyValues(values)]),
            SchemaShapes.Vector(options.ScoreColumnName, NumberDataViewType.Single,
                values is null ? [] : [SchemaShapes.SlotNames(), SchemaShapes.TrainingLabelValues(values)]),
        ];
    }

    protected override IEnumerable<string> Outputs(SequenceOptions options) => [options.PredictedLabelColumnName, options.ScoreColumnName];

    public override VectorReader CreateReader(DataViewRow row, DataViewSchema.Column label)
    {
        // Keys count from 1; 0 is the missing key.
        VectorReader read = Numbers(row, label);
        return () =>
        {
            Span<double> key = read();
            key[0] = key[0] >= 1 ? key[0] - 1 : double.NaN;
            return key;
        };
    }

    public override SequencePlan Plan(LabelledRows rows, SequenceOptions options)
    {
        var key = (KeyDataViewType)rows.Label.Type;
        (string[] Values, string Type)? values = KeyValues.Of(rows.Label);
        string[] names = values?.Values ?? [.. Enumerable.Range(1, (int)key.Count).Select(number => number.ToString(CultureInfo.InvariantCulture))];
        var counts = new ClassCounts(names, rows);
        counts.Check();
        var task = new SequenceClassification
        {
            Input = rows.Input,
            Pooling = options.Pooling,
            LongestSequence = rows.Set.Longest,
            ScoreColumnName = options.ScoreColumnName,
            PredictedLabelColumnName = options.PredictedLabelColumnName,
            Classes = (int)key.Count,
            ClassValues = values?.Values,
            ClassValueType = values?.Type,
        };
        float[]? weights = counts.Weigh(options.ClassWeights);
        var objective = new ClassificationObjective((float)options.LabelSmoothing, (float)options.FocalGamma) { ClassWeights = weights };
        return new SequencePlan(task, objective) { ClassWeights = weights };
    }

    public override IReadOnlyDictionary<string, double> Evaluate(SequenceHost host, IDataView scored, string label, SequenceTask task) =>
        ClassificationEvaluation.Named(host, scored, label, task);

    public override bool Reads(SchemaShape.Column label) => label.IsKey && label.Kind == SchemaShape.Column.VectorKind.Scalar
        && (SchemaShapes.KeyValuesOf(label) is not { } values || KeyValues.Reads(values));

    protected override string Meaning(DataViewSchema.Column label) =>
        $"{label.Type} ({string.Join(", ", KeyValues.Of(label)?.Values ?? ["no values"])})";
}
