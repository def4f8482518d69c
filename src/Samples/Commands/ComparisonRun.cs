using Microsoft.ML;
using MLNet.Sequence.Samples.Output;
using MLNet.Sequence.Samples.Series;

namespace MLNet.Sequence.Samples.Commands;

/// <summary>One run of compare, from the split table to its results.</summary>
internal sealed class ComparisonRun(Terminal terminal, ComparisonPlan plan, SplitTable data)
{
    private readonly MLContext _ml = Host.Create(terminal, plan.Training);

    public void Run()
    {
        SeriesTable table = data.Table;
        string name = table.Source.Path == DataSource.Shipped ? Path.GetFileName(DataSource.Shipped) : table.Source.Path;
        terminal.Output.WriteLine($"{name}: {data}");
        terminal.Output.WriteLine(FormattableString.Invariant(
            $"targets {string.Join(", ", table.Targets)}; context {plan.Context}, horizon {plan.Horizon}, season {plan.Season}"));
        var comparison = new ComparedData(name, table.RowCount, Compare());
        foreach (ComparedModel model in comparison.Report.Models)
            terminal.Output.WriteLine($"{model.Name}: {model.Model.Report.StoppedBecause}");
        using var files = new StagedFiles();
        Write(comparison, files);
        files.Commit();
        ResultTable.Print(terminal, comparison.Report);
        terminal.Output.WriteLine(comparison.Report);
        terminal.Output.WriteLine($"Written: {string.Join(", ", files.Places.Select(place => Path.GetRelativePath(Environment.CurrentDirectory, place)))}");
    }

    private RecurrenceReport Compare() => TrainingDisplay.For(terminal).Show(display =>
    {
        var options = new ForecastingOptions
        {
            Targets = data.Table.Targets,
            SeriesColumnName = data.Table.Source.Series,
            TimeColumnName = data.Table.Source.Time,
            Frequency = data.Table.Frequency,
            Context = plan.Context,
            Horizon = plan.Horizon,
            Stride = plan.Training.Stride,
            Normalization = plan.Normalization,
            ValidationSet = data.Validation,
            Training = plan.Training.Shared(terminal.Cancellation) with { ValidationFraction = 0 },
        };
        return _ml.Sequence.Compare(data.Train, data.Test, options, plan.Architectures, new CompareOptions
        {
            Rounds = plan.Seeds,
            LearningRates = plan.LearningRates,
            MaxTime = plan.MaxTime,
            StopBeaten = plan.StopBeaten,
            Seasonality = plan.Season,
            Progress = new TrainingDisplay.Listener<CompareProgress>(progress =>
                display(progress.Round == 1 ? progress.Model : $"{progress.Model}, seed {progress.Round}").Report(progress.Training)),
        });
    });

    private void Write(ComparedData comparison, StagedFiles files)
    {
        NamedForecaster[] forecasters = [.. comparison.Report.Models.Select(model =>
            new NamedForecaster(model.Name, (ForecastingTransformer)_ml.Sequence.CreateTransformer(model.Model)))];
        foreach (NamedForecaster forecaster in forecasters)
            SaveAndReload(forecaster, files);
        ForecastPlot.Draw(files.For(Path.Combine(plan.Folder, "forecast.svg")), data, forecasters, (plan.Context, plan.Horizon));
        foreach (NamedForecaster forecaster in forecasters)
        {
            if (forecaster.Fitted.Model.Architecture is not Reference)
                WriteTraining(forecaster, files.For(Path.Combine(plan.Folder, $"training-{forecaster.Name}.html")));
            forecaster.Fitted.Dispose();
        }

        File.WriteAllText(files.For(Path.Combine(plan.Folder, "report.html")),
            comparison.Report.ToHtml($"{comparison.Data}: {string.Join(", ", data.Table.Targets)}"));
        if (plan.Json is not null)
            ResultsJson.Write(files.For(plan.Json), comparison);
    }

    private static void WriteTraining(NamedForecaster forecaster, string path) =>
        File.WriteAllText(path, forecaster.Fitted.Model.Report.ToHtml(forecaster.Name));

    private void SaveAndReload(NamedForecaster forecaster, StagedFiles files)
    {
        terminal.Cancellation.ThrowIfCancellationRequested();
        string path = files.For(Path.Combine(plan.Folder, $"{forecaster.Name}.zip"));
        _ml.Model.Save(forecaster.Fitted, data.Train.Schema, path);
        // A new context, as another program would have, on the same device, so that the arithmetic is the same.
        ITransformer loaded = Host.Create(terminal, plan.Training).Model.Load(path, out _);
        if (!ForecastValues.AreEqual(forecaster.Fitted.Transform(data.Test), loaded.Transform(data.Test)))
            throw new NotSupportedException($"The saved model {forecaster.Name} does not give the forecasts of the trained one: this is an error of "
                + "the program or the library.");
        (loaded as IDisposable)?.Dispose();
    }
}
