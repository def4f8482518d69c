using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Training;

namespace MLNet.Sequence.Rows;

/// <summary>Yes or no, from a Boolean label; outputs by ML.NET's conventions of calibrated binary classification.</summary>
internal sealed class BinaryGoal : SequenceGoal
{
    private static readonly string[] Names = [bool.FalseString, bool.TrueString];

    public override bool HasClasses => true;

    public override MetricInfo Metric => MetricInfo.Accuracy;

    protected override string Expected => "Boolean (ml.Transforms.Conversion.ConvertType with DataKind.Boolean makes it from 0 and 1)";

    public override IEnumerable<string> Problems(SequenceOptions options) => LossProblems(options);

    public override SchemaShape.Column[] Promise(SchemaShape.Column label, SequenceOptions options) =>
    [
        SchemaShapes.Scalar(options.PredictedLabelColumnName, BooleanDataViewType.Instance),
        SchemaShapes.Scalar(options.ScoreColumnName, NumberDataViewType.Single),
        SchemaShapes.Scalar(options.ProbabilityColumnName, NumberDataViewType.Single),
    ];

    protected override IEnumerable<string> Outputs(SequenceOptions options) =>
        [options.PredictedLabelColumnName, options.ScoreColumnName, options.ProbabilityColumnName];

    public override VectorReader CreateReader(DataViewRow row, DataViewSchema.Column label) => Numbers(row, label);

    public override SequencePlan Plan(LabelledRows rows, SequenceOptions options)
    {
        var counts = new ClassCounts(Names, rows);
        counts.Check();
        var task = new SequenceBinaryClassification
        {
            Input = rows.Input,
            Pooling = options.Pooling,
            LongestSequence = rows.Set.Longest,
            ScoreColumnName = options.ScoreColumnName,
            PredictedLabelColumnName = options.PredictedLabelColumnName,
            ProbabilityColumnName = options.ProbabilityColumnName,
        };
        float[]? weights = counts.Weigh(options.ClassWeights);
        var objective = new BinaryObjective((float)options.LabelSmoothing, (float)options.FocalGamma) { ClassWeights = weights };
        return new SequencePlan(task, objective) { ClassWeights = weights };
    }

    public override IReadOnlyDictionary<string, double> Evaluate(SequenceHost host, IDataView scored, string label, SequenceTask task) =>
        ClassificationEvaluation.Named(host, scored, label, task);

    public override bool Reads(SchemaShape.Column label) =>
        label.Kind == SchemaShape.Column.VectorKind.Scalar && label.ItemType is BooleanDataViewType;
}
