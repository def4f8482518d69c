using Microsoft.ML;
using MLNet.Sequence;

namespace Examples;

/// <summary>The example of docs/backtesting.md, word for word, so that it is compiled.</summary>
internal static class BacktestExample
{
    public static void Run(IDataView data)
    {
        var ml = new MLContext(seed: 1);
        var options = new ForecastingOptions
        {
            Targets = ["Load"],
            SeriesColumnName = "Series",
            TimeColumnName = "Time",
            Context = 8,
            Horizon = 3,
            Training = new TrainingOptions { Epochs = 5 },
        };
        var chain = ml.Transforms.NormalizeMinMax("Load").Append(ml.Forecasting.Trainers.Sequence(new Gru { HiddenSize = 8 }, options));

        // The last 6 steps of each series, with the 8 rows of history that the first forecast reads.
        DataOperationsCatalog.TrainTestData split = ml.Forecasting.TrainTestSplit(data, options, testSteps: 6);
        using var model = chain.Fit(split.TrainSet);
        Console.WriteLine(ml.Forecasting.EvaluateSequence(model.Transform(split.TestSet)));

        // Five origins in the past; the chain is fitted for each. Theta and Naive2 forecast from the same origins.
        BacktestResult result = ml.Forecasting.Backtest(data, chain, new BacktestOptions
        {
            Folds = 5,
            Seasonality = 12,
            References = [new Theta { Season = 12 }, new Naive2 { Season = 12 }],
        });
        Console.WriteLine(result);
        Console.WriteLine($"MASE of a series: {result.Metrics.AcrossSeries(scores => scores.MeanAbsoluteScaledError)}");
    }
}
