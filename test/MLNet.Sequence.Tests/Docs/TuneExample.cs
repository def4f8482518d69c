using Microsoft.ML;
using MLNet.Sequence;

namespace Examples;

/// <summary>The example of docs/tuning.md, word for word, so that it is compiled.</summary>
internal static class TuneExample
{
    public static void Run(IDataView data, string results, string model)
    {
        var ml = new MLContext(seed: 1);
        var options = new ForecastingOptions
        {
            Targets = ["Load"],
            TimeColumnName = "Time",
            Horizon = 3,
            Training = new TrainingOptions { Epochs = 9 },
        };
        using TuneReport report = ml.Forecasting.Tune(data, options, new SearchSpace
        {
            Architectures = [new Linear(), new Gru(), new Tcn { KernelSize = 2 }],
            LearningRate = new SearchRange(0.001, 0.02) { IsLogarithmic = true },
        }, new TuneOptions
        {
            Trials = 9,
            MaxTime = TimeSpan.FromMinutes(10),
            Validation = new BacktestOptions { Folds = 2, Seasonality = 24 },
            File = results,
        });
        Console.WriteLine(report);
        ml.Model.Save(report.Model, data.Schema, model);
    }
}
