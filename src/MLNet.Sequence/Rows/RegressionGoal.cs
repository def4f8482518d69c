using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Training;

namespace MLNet.Sequence.Rows;

/// <summary>A number, or a vector of them; output by ML.NET's conventions of regression.</summary>
internal sealed class RegressionGoal : SequenceGoal
{
    public override bool HasClasses => false;

    public override MetricInfo Metric => MetricInfo.MeanAbsoluteError;

    protected override string Expected => "Single, Double or an integer type, or a vector of known size of one of them";

    public override IEnumerable<string> Problems(SequenceOptions options)
    {
        if (options.ClassWeights != ClassWeights.None)
            yield return "ClassWeights has no meaning in regression.";
        if (options.LabelSmoothing != 0)
            yield return "LabelSmoothing has no meaning in regression.";
        if (options.FocalGamma != 0)
            yield return "FocalGamma has no meaning in regression.";
    }

    public override SchemaShape.Column[] Promise(SchemaShape.Column label, SequenceOptions options) =>
    [
        label.Kind == SchemaShape.Column.VectorKind.Vector
            ? SchemaShapes.Vector(options.ScoreColumnName, NumberDataViewType.Single)
            : SchemaShapes.Scalar(options.ScoreColumnName, NumberDataViewType.Single),
    ];

    protected override IEnumerable<string> Outputs(SequenceOptions options) => [options.ScoreColumnName];

    public override VectorReader CreateReader(DataViewRow row, DataViewSchema.Column label) => Numbers(row, label);

    public override int? LabelSize(DataViewSchema.Column label) => ChannelReaders.CountChannels(label.Type);

    public override SequencePlan Plan(LabelledRows rows, SequenceOptions options)
    {
        ChannelScaling scaling = rows.Set.FitLabelScaling(rows.Training);
        var task = new SequenceRegression
        {
            Input = rows.Input,
            Pooling = options.Pooling,
            LongestSequence = rows.Set.Longest,
            ScoreColumnName = options.ScoreColumnName,
            LabelScaling = scaling,
            IsVector = rows.Label.Type is VectorDataViewType,
        };
        return new SequencePlan(task, new RegressionObjective(scaling, options.Loss));
    }

    public override IReadOnlyDictionary<string, double> Evaluate(SequenceHost host, IDataView scored, string label, SequenceTask task)
    {
        NumberScores scores = RegressionEvaluation.Run(host, scored, (label, task.Prediction.Name), null).Overall;
        return new Dictionary<string, double>
        {
            ["mae"] = scores.MeanAbsoluteError,
            ["mse"] = scores.MeanSquaredError,
            ["rmse"] = scores.RootMeanSquaredError,
            ["rSquared"] = scores.RSquared,
        };
    }

    public override bool Reads(SchemaShape.Column label) => label.Kind != SchemaShape.Column.VectorKind.VariableVector
        && !label.IsKey && label.ItemType is NumberDataViewType;

    protected override string Meaning(DataViewSchema.Column label) =>
        label.Type is VectorDataViewType { Size: var size } ? $"a vector of {size} numbers" : "a number";
}
