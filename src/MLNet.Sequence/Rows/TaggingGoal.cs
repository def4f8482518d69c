using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Data;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Training;

namespace MLNet.Sequence.Rows;

/// <summary>One of several tags for each step, from a vector of keys as long as the sequence.</summary>
/// <param name="decoding">How tags are chosen.</param>
internal sealed class TaggingGoal(TagDecoding decoding) : SequenceGoal
{
    public override bool HasClasses => false;

    public override bool LearnsSteps => true;

    public override MetricInfo Metric => MetricInfo.Accuracy;

    protected override string Expected =>
        $"a vector, as long as the sequence, of keys of known count whose values, if they have any, are {KeyValues.Expected} "
            + "(ml.Transforms.Conversion.MapValueToKey makes one)";

    // A chain learns from sequences, not from steps.
    public override IEnumerable<string> Problems(SequenceOptions options)
    {
        foreach (string problem in Limits.Defined(decoding, nameof(SequenceTaggerOptions.Decoding)))
            yield return problem;
        if (decoding == TagDecoding.Chain && (options.ClassWeights != ClassWeights.None || options.FocalGamma != 0))
            yield return "ClassWeights and FocalGamma weigh steps, and Decoding = TagDecoding.Chain learns whole sequences: use ExampleWeightColumnName, or "
                + "TagDecoding.Steps.";
        if (decoding == TagDecoding.Chain && options.Training.BackpropSteps is { } steps)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"Training.BackpropSteps must be null with Decoding = TagDecoding.Chain, which "
                + $"learns the tags "
                + $"of a whole sequence together; found {steps}. Leave it null, or use TagDecoding.Steps.");
        }
    }

    public override SchemaShape.Column[] Promise(SchemaShape.Column label, SequenceOptions options)
    {
        DataViewType? values = SchemaShapes.KeyValuesOf(label);
        const SchemaShape.Column.VectorKind variable = SchemaShape.Column.VectorKind.VariableVector;
        return
        [
            SchemaShapes.Key(options.PredictedLabelColumnName, variable, values is null ? [] : [SchemaShapes.KeyValues(values)]),
            SchemaShapes.VariableVector(options.ScoreColumnName, NumberDataViewType.Single, values is null ? [] : [SchemaShapes.TrainingLabelValues(values)]),
        ];
    }

    public override int? LabelSize(DataViewSchema.Column label) => null;

    protected override IEnumerable<string> Outputs(SequenceOptions options) => [options.PredictedLabelColumnName, options.ScoreColumnName];

    public override VectorReader CreateReader(DataViewRow row, DataViewSchema.Column label)
    {
        // Keys count from 1; 0 is the missing key.
        VectorReader read = ChannelReaders.CreateVector(row, label);
        return () =>
        {
            Span<double> keys = read();
            foreach (ref double key in keys)
                key = key >= 1 ? key - 1 : double.NaN;
            // Missing tags at the end are not tags: rows may be padded to one length.
            return keys[..SequenceGaps.LengthWithoutPadding(keys, 1)];
        };
    }

    public override SequencePlan Plan(LabelledRows rows, SequenceOptions options)
    {
        var key = (KeyDataViewType)((VectorDataViewType)rows.Label.Type).ItemType;
        (string[] Values, string Type)? values = KeyValues.Of(rows.Label);
        string[] names = values?.Values ?? [.. Enumerable.Range(1, (int)key.Count).Select(number => number.ToString(CultureInfo.InvariantCulture))];
        var counts = new ClassCounts(names, rows);
        counts.Check();
        var task = new SequenceTagging
        {
            Input = rows.Input,
            LongestSequence = rows.Set.Longest,
            ScoreColumnName = options.ScoreColumnName,
            PredictedLabelsColumnName = options.PredictedLabelColumnName,
            Tags = names.Length,
            TagValues = values?.Values,
            TagValueType = values?.Type,
            Decoding = decoding,
        };
        return new SequencePlan(task,
            new TaggingObjective(task.Tags, task.ChainPath, (float)options.FocalGamma))
        { ClassWeights = counts.Weigh(options.ClassWeights) };
    }

    public override IReadOnlyDictionary<string, double> Evaluate(SequenceHost host, IDataView scored, string label, SequenceTask task)
    {
        SequenceTagMetrics metrics = TagEvaluation.Run(host, scored, (label, task.Outputs[0].Name), null);
        return new Dictionary<string, double>
        {
            ["accuracy"] = metrics.TokenAccuracy,
            ["f1"] = metrics.F1,
            ["precision"] = metrics.Precision,
            ["recall"] = metrics.Recall,
        };
    }

    public override bool Reads(SchemaShape.Column label) => label.IsKey && label.Kind != SchemaShape.Column.VectorKind.Scalar
        && (SchemaShapes.KeyValuesOf(label) is not { } values || KeyValues.Reads(values));

    protected override string Meaning(DataViewSchema.Column label) =>
        $"{((VectorDataViewType)label.Type).ItemType} ({string.Join(", ", KeyValues.Of(label)?.Values ?? ["no values"])})";
}
