using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Tasks;
using MLNet.Sequence.Training;

namespace MLNet.Sequence.Estimators;

/// <summary>One of several classes, from a key label; outputs by ML.NET's conventions of multiclass classification.</summary>
internal sealed class MulticlassGoal : SequenceGoal
{
    private const string LabelValuesKind = "TrainingLabelValues";

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
            SchemaShapes.Key(options.PredictedLabelColumn, values is null ? [] : [SchemaShapes.KeyValues(values)]),
            SchemaShapes.Vector(options.ScoreColumn, NumberDataViewType.Single,
                values is null ? [] : [SchemaShapes.SlotNames(), SchemaShapes.TrainingLabelValues(values)]),
        ];
    }

    protected override IEnumerable<string> Outputs(SequenceOptions options) => [options.PredictedLabelColumn, options.ScoreColumn];

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
            ScoreColumn = options.ScoreColumn,
            PredictedLabelColumn = options.PredictedLabelColumn,
            Classes = (int)key.Count,
            ClassValues = values?.Values,
            ClassValueType = values?.Type,
        };
        float[]? weights = counts.Weigh(options.ClassWeights);
        var objective = new ClassificationObjective(options.LabelSmoothing, options.FocalGamma) { ClassWeights = weights };
        return new SequencePlan(task, objective) { ClassWeights = weights };
    }

    /// <summary>The columns that a fitted model adds.</summary>
    public static OutputColumn[] Outputs(SequenceClassification task)
    {
        var label = new DataViewSchema.Annotations.Builder();
        var score = new DataViewSchema.Annotations.Builder();
        if (task.ClassValues is { } values && task.ClassValueType is { } type)
        {
            KeyValues.Add(label, KeyValues.Kind, values, type);
            KeyValues.AddSlotNames(score, values);
            KeyValues.Add(score, LabelValuesKind, values, type);
        }

        return
        [
            OutputColumn.Create<uint>(task.PredictedLabelColumn, new KeyDataViewType(typeof(uint), task.Classes), label.ToAnnotations(), Likeliest),
            OutputColumn.Create<VBuffer<float>>(task.ScoreColumn, new VectorDataViewType(NumberDataViewType.Single, task.Classes),
                score.ToAnnotations(), Probabilities),
        ];
    }

    public override bool Reads(SchemaShape.Column label) => label.IsKey && label.Kind == SchemaShape.Column.VectorKind.Scalar
        && (SchemaShapes.KeyValuesOf(label) is not { } values || KeyValues.Reads(values));

    protected override string Meaning(DataViewSchema.Column label) =>
        $"{label.Type} ({string.Join(", ", KeyValues.Of(label)?.Values ?? ["no values"])})";

    private static void Likeliest(ReadOnlySpan<float> logits, ref uint label)
    {
        int best = 0;
        for (int i = 1; i < logits.Length; i++)
        {
            if (logits[i] > logits[best])
                best = i;
        }

        label = float.IsNaN(logits[best]) ? 0 : (uint)best + 1;
    }

    private static void Probabilities(ReadOnlySpan<float> logits, ref VBuffer<float> score)
    {
        VBufferEditor<float> editor = VBufferEditor.Create(ref score, logits.Length);
        logits.CopyTo(editor.Values);
        Logistic.Softmax(editor.Values);
        score = editor.Commit();
    }
}
