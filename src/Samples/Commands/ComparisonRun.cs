using Microsoft.ML;
using MLNet.Sequence.Architectures;
using MLNet.Sequence.Estimators;
using MLNet.Sequence.Samples.Output;
using MLNet.Sequence.Samples.Series;
using MLNet.Sequence.Tasks.Metrics;

namespace MLNet.Sequence.Samples.Commands;

/// <summary>One run of compare, from a cut table to its results.</summary>
internal sealed class ComparisonRun(Terminal terminal, ComparisonPlan plan, SplitTable data)
{
    private readonly MLContext _ml = Host.Create(terminal, plan.Training);
    private readonly TrainingDisplay _display = TrainingDisplay.For(terminal);

    public void Run()
    {
        SeriesTable table = data.Table;
        string name = table.Source.Path == DataSource.Shipped ? Path.GetFileName(DataSource.Shipped) : table.Source.Path;
        terminal.Output.WriteLine($"{name}: {data}");
        terminal.Output.WriteLine(FormattableString.Invariant(
            $"targets {string.Join(", ", table.Targets)}; context {plan.Context}, horizon {plan.Horizon}, season {plan.Season}"));
        using var files = new StagedFiles();
        var comparison = new Comparison(name, table.RowCount, [.. plan.Architectures.Select(architecture => Train(architecture, files))]);
        Write(comparison, files);
        files.Commit();
        ResultTable.Print(terminal, comparison);
        terminal.Output.WriteLine($"Written: {string.Join(", ", files.Places.Select(place => Path.GetRelativePath(Environment.CurrentDirectory, place)))}");
        foreach (TrainedModel model in comparison.Models)
            model.Fitted.Dispose();
    }

    private TrainedModel Train(Architecture architecture, StagedFiles files)
    {
        ForecastingTransformer fitted = _display.Show(architecture.Name, progress =>
        {
            var options = new ForecastingOptions
            {
                Targets = data.Table.Targets,
                SeriesColumn = data.Table.Source.Series,
                TimeColumn = data.Table.Source.Time,
                Context = plan.Context,
                Horizon = plan.Horizon,
                Stride = plan.Training.Stride,
                ValidationSet = data.Validation,
                Training = plan.Training.For(architecture.Name, progress, terminal.Cancellation) with { ValidationFraction = 0 },
            };
            return _ml.Forecasting.Trainers.Sequence(architecture, options).Fit(data.Train);
        });
        terminal.Output.WriteLine($"{architecture.Name}: {fitted.Model.Report.StoppedBecause}");
        IDataView scored = fitted.Transform(data.Test);
        ForecastingMetrics metrics = _ml.Forecasting.EvaluateSequence(scored, plan.Season, data.Train);
        terminal.Cancellation.ThrowIfCancellationRequested();
        SaveAndReload(architecture.Name, fitted, scored, files);
        return new TrainedModel(architecture.Name, fitted, metrics);
    }

    private void SaveAndReload(string name, ForecastingTransformer fitted, IDataView scored, StagedFiles files)
    {
        string path = files.For(Path.Combine(plan.Folder, $"{name}.zip"));
        _ml.Model.Save(fitted, data.Train.Schema, path);
        // Another context, as another program would have; on the same device, whose arithmetic is to be equal.
        ITransformer loaded = Host.Create(terminal, plan.Training).Model.Load(path, out _);
        if (!Forecasts.AreEqual(scored, loaded.Transform(data.Test)))
            throw new NotSupportedException($"The saved model {name} forecasts otherwise than the trained one: the program or the library is at fault.");
        (loaded as IDisposable)?.Dispose();
    }

    private void Write(Comparison comparison, StagedFiles files)
    {
        ForecastPlot.Draw(files.For(Path.Combine(plan.Folder, "forecast.png")), data, comparison.Models, (plan.Context, plan.Horizon));
        foreach (TrainedModel model in comparison.Models)
            TrainingPlot.Draw(files.For(Path.Combine(plan.Folder, $"training-{model.Name}.png")), model.Name, model.Report);
        if (plan.Json is not null)
            ResultsJson.Write(files.For(plan.Json), comparison);
    }
}
