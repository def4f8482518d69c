using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Data;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Tasks;
using MLNet.Sequence.Training;

namespace MLNet.Sequence.Estimators;

/// <summary>A number; output by ML.NET's conventions of regression.</summary>
internal sealed class RegressionGoal : SequenceGoal
{
    public override bool HasClasses => false;

    protected override string Expected => "Single, Double or an integer type";

    public override IEnumerable<string> Problems(SequenceOptions options)
    {
        if (options.ClassWeights != ClassWeights.None)
            yield return "ClassWeights has no meaning in regression.";
        if (options.LabelSmoothing != 0)
            yield return "LabelSmoothing has no meaning in regression.";
    }

    public override SchemaShape.Column[] Promise(SchemaShape.Column label, SequenceOptions options) =>
        [SchemaShapes.Scalar(options.ScoreColumn, NumberDataViewType.Single)];

    public override Func<float> CreateReader(DataViewRow row, DataViewSchema.Column label) => Number(row, label);

    public override SequencePlan Plan(LabelledRows rows, SequenceOptions options)
    {
        ChannelScaling scaling = rows.Set.FitLabelScaling(rows.Training);
        var task = new SequenceRegression
        {
            Input = rows.Input,
            Pooling = options.Pooling,
            LongestSequence = rows.Set.Longest,
            ScoreColumn = options.ScoreColumn,
            LabelScaling = scaling,
        };
        return new SequencePlan(task, new RegressionObjective(scaling.Mean[0], scaling.Deviation[0]));
    }

    /// <summary>The columns that a fitted model adds.</summary>
    public static OutputColumn[] Outputs(SequenceRegression task)
    {
        (float mean, float deviation) = (task.LabelScaling.Mean[0], task.LabelScaling.Deviation[0]);
        DataViewSchema.Annotations none = new DataViewSchema.Annotations.Builder().ToAnnotations();
        return
        [
            OutputColumn.Create(task.ScoreColumn, NumberDataViewType.Single, none, (ReadOnlySpan<float> output, ref float score) => score = output[0] * deviation + mean),
        ];
    }

    protected override bool Reads(SchemaShape.Column label) => label.Kind == SchemaShape.Column.VectorKind.Scalar
        && !label.IsKey && label.ItemType is NumberDataViewType;
}
