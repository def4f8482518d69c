using Microsoft.ML;
using MLNet.Sequence.Samples.Sequences;
using MLNet.Sequence.Samples.Studio.Answers;

namespace MLNet.Sequence.Samples.Studio.Runs;

/// <summary>Trains models that predict each row of a sequence from those before it, and compares them.</summary>
internal sealed class NextStepJob : StepsJob
{
    public NextStepJob(string path, Question question, int mostRows)
        : this(StepTable.Read(path, new StepColumns(question.Steps, null, question.Time, question.Series), mostRows), question)
    {
    }

    private NextStepJob(StepTable table, Question question)
        : base(table, question, StepParts.Of(table, question, QuestionKind.Next.LeastRows))
    {
    }

    protected override RecurrenceReport Compare(MLContext ml, Views rows, TrainingOptions training, CompareOptions options) =>
        ml.Sequence.Compare(rows.Train, rows.Test, new NextStepOptions
        {
            Kind = Table.HasTokens ? StepKind.Token : StepKind.Real,
            FeatureColumnName = "Steps",
            Features = Table.HasTokens ? null : Table.Columns.Count,
            Tokens = Tokens,
            ValidationSet = rows.Validation,
            Training = training,
        }, Architectures, options);

    protected override object Shown(MLContext ml, string name, SequenceTransformer model, IDataView test) =>
        ModelSteps.Of(name, model.Model, Table.Columns, Parts.Test);
}
