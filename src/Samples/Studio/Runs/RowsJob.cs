using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Samples.Studio.Answers;

namespace MLNet.Sequence.Samples.Studio.Runs;

/// <summary>Trains models of rows that hold a whole sequence each, and compares them: classes, tags, next steps.</summary>
internal abstract class RowsJob(Question question, TrainingBudget budget) : StudioJob(question)
{
    /// <summary>The rows to train on, to choose models and to test them, as ML.NET reads them.</summary>
    protected sealed record Views(IDataView Train, IDataView Validation, IDataView Test)
    {
        public Views Through(ITransformer keys) => new(keys.Transform(Train), keys.Transform(Validation), keys.Transform(Test));
    }

    /// <summary>The rows that a generated program reads are at most so many sequences.</summary>
    protected const int MostTaken = 40;

    protected TrainingBudget Budget => budget;

    /// <summary>Epochs of trainings besides those of the models themselves.</summary>
    protected virtual double ExtraEpochs => 0;

    public sealed override RunOutcome Run(string folder, RunProgress progress, CancellationToken cancellation)
    {
        List<string> warnings = [];
        MLContext ml = Context(warnings);
        progress.Plan(Question.Architectures.Count * budget.Rounds * budget.Epochs + ExtraEpochs, budget.Epochs);
        progress.Tell("Reading rows");
        Views plain = Read(ml);
        TransformerChain<ITransformer> keys = Keys(ml);
        Views rows = plain.Through(keys);
        RecurrenceReport report = Compare(ml, rows, budget.Training(Question.Seed, cancellation) with { ValidationFraction = 0 },
            Options(budget, folder, progress) with { CancellationToken = cancellation });
        progress.Tell("Measuring models");
        var summary = ReportSummary.Of(report);
        var files = new RunFiles(folder);
        foreach (ComparedModel model in report.Models)
        {
            cancellation.ThrowIfCancellationRequested();
            using SequenceTransformer fitted = ml.Sequence.CreateTransformer(model.Model);
            StudioJson.Save(files.Shown(model.Name), Shown(ml, model.Name, fitted, rows.Test));
            files.Save(model.Name, ml, keys.Append<ITransformer>(fitted), plain.Train.Schema);
        }

        WriteHistory(files.History);
        File.WriteAllText(files.Report, report.ToHtml(Question.Name ?? Question.File));
        StudioJson.Save(files.Answer, summary with { Remarks = [.. summary.Remarks, .. warnings] });
        return RunOutcome.Of(summary);
    }

    protected abstract Views Read(MLContext ml);

    /// <summary>What makes keys of texts; none: an empty chain.</summary>
    protected abstract TransformerChain<ITransformer> Keys(MLContext ml);

    protected abstract RecurrenceReport Compare(MLContext ml, Views rows, TrainingOptions training, CompareOptions options);

    /// <summary>What the page shows of a model.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="name">The model's name.</param>
    /// <param name="model">The model.</param>
    /// <param name="test">The test rows, their texts as keys.</param>
    protected abstract object Shown(MLContext ml, string name, SequenceTransformer model, IDataView test);

    /// <summary>Writes the rows that a generated program reads, some of the test.</summary>
    protected abstract void WriteHistory(string path);
}
