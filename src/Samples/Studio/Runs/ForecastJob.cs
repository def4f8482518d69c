using Microsoft.ML;
using MLNet.Sequence.Samples.Studio.Answers;

namespace MLNet.Sequence.Samples.Studio.Runs;

/// <summary>Trains models that forecast, compares them, and writes all that the page shows of them.</summary>
internal sealed class ForecastJob : StudioJob
{
    private readonly StudioRows _rows;
    private readonly TrainingBudget _budget;

    public ForecastJob(string path, Question question, int mostRows)
        : base(question)
    {
        _rows = new StudioRows(path, question, mostRows);
        _budget = TrainingBudget.Of(question, _rows.Windows, maySkip: true);
    }

    public override string Description => FormattableString.Invariant(
        $"{_rows.Split.TrainCount:N0} rows to train on, {_rows.Split.ValidationCount:N0} to choose models, {_rows.Split.TestCount:N0} to test them; up to ")
        + FormattableString.Invariant($"{_budget.Epochs} passes over {Math.Max(1, _rows.Windows / _budget.Stride):N0} windows.")
        + (Question.Planned == 0 ? "" : FormattableString.Invariant($" The last {Question.Planned:N0} rows of each series are the steps to come."));

    public override bool IsCut => _rows.IsCut;

    public override RunOutcome Run(string folder, RunProgress progress, CancellationToken cancellation)
    {
        List<string> warnings = [];
        MLContext ml = Context(warnings);
        ForecastingOptions options = Forecasting(cancellation);
        progress.Plan(Epochs(), _budget.Epochs);
        progress.Tell("Reading rows");
        RecurrenceReport report = ml.Sequence.Compare(_rows.Split.Train, _rows.Split.Test, options, Architectures,
            Options(_budget, folder, progress) with { CancellationToken = cancellation });
        progress.Tell("Drawing forecasts");
        ReportSummary summary = ReportSummary.Of(report);
        var files = new RunFiles(folder);
        var show = new ForecastShow(ml, Question, _rows);
        foreach ((string name, SequenceModel model) in Models(report))
        {
            cancellation.ThrowIfCancellationRequested();
            using var fitted = (ForecastingTransformer)ml.Sequence.CreateTransformer(model);
            StudioJson.Save(files.Shown(name), show.Of(name, fitted));
            files.Save(name, ml, fitted, _rows.Split.Train.Schema);
        }

        HistoryFile.Write(files.History, _rows, Question);
        File.WriteAllText(files.Report, report.ToHtml(Question.Name ?? Question.File));
        if (show.SeriesLeftOut > 0)
            warnings.Add(FormattableString.Invariant($"The charts and forecasts.csv hold the first series; {show.SeriesLeftOut:N0} are left out there. ")
                + "The errors are those of all series, and the project forecasts all.");
        // The answer comes last: a run that has one is whole.
        StudioJson.Save(files.Answer, summary with { Remarks = [.. summary.Remarks, .. warnings], SeriesLeftOut = show.SeriesLeftOut });
        return RunOutcome.Of(summary);
    }

    private static IEnumerable<(string Name, SequenceModel Model)> Models(RecurrenceReport report) =>
        report.Models.Select(model => (model.Name, model.Model));

    private ForecastingOptions Forecasting(CancellationToken cancellation) => new()
    {
        Targets = Question.Targets,
        Inputs = Question.Inputs,
        KnownInputs = Question.Known,
        SeriesColumnName = Question.Series,
        TimeColumnName = _rows.Table.Source.Time,
        Frequency = _rows.Table.Frequency,
        Context = Question.Context,
        Horizon = Question.Horizon,
        Stride = _budget.Stride,
        ValidationSet = _rows.Split.Validation,
        Training = _budget.Training(Question.Seed, cancellation) with { ValidationFraction = 0 },
    };

    // Trials of four normalisations and of the rates; the models, one of them with a carried state too; two models for each shorter window.
    private double Epochs()
    {
        double trial = Math.Max(LeastTrial, _budget.Epochs / TrialPart), models = Question.Architectures.Count;
        double rungs = Math.Log2(Math.Max(2, Question.Context)) + 1;
        return (4 + (_budget.Rates?.Count ?? 0)) * models * trial + (models + 1) * _budget.Rounds * _budget.Epochs + 2 * rungs * _budget.Epochs;
    }
}
