using Microsoft.ML;
using MLNet.Sequence.Samples.Sequences;
using MLNet.Sequence.Samples.Studio.Answers;

namespace MLNet.Sequence.Samples.Studio.Runs;

/// <summary>Trains models that tag each row of a sequence of rows, and compares them.</summary>
internal sealed class TagJob : StepsJob
{
    public TagJob(string path, Question question, int mostRows)
        : this(StepTable.Read(path, new StepColumns(question.Steps, question.Label, question.Time, question.Series), mostRows), question)
    {
    }

    private TagJob(StepTable table, Question question)
        : base(table, question, StepParts.Of(table, question, QuestionKind.Tag.LeastRows))
    {
    }

    protected override string Subject => FormattableString.Invariant($" and one of {Table.Tags.Length} tags");

    protected override RecurrenceReport Compare(MLContext ml, Views rows, TrainingOptions training, CompareOptions options) =>
        ml.Sequence.Compare(rows.Train, rows.Test, new SequenceTaggerOptions
        {
            LabelColumnName = "Tags",
            FeatureColumnName = "Steps",
            Features = Table.HasTokens ? null : Table.Columns.Count,
            Tokens = Tokens,
            MissingValues = Table.Missing > 0 ? MissingValues.Interpolate : MissingValues.Error,
            ValidationSet = rows.Validation,
            Training = training,
        }, Architectures, options);

    protected override object Shown(MLContext ml, string name, SequenceTransformer model, IDataView test)
    {
        IDataView scored = model.Transform(test);
        return ModelClasses.OfTags(name, new ScoredTags(scored, [.. Taken]), ml.MulticlassClassification.EvaluateSequenceTags(scored, "Tags"));
    }
}
