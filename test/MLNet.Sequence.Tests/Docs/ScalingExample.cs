using Microsoft.ML;
using MLNet.Sequence;

namespace Examples;

/// <summary>The example of docs/scaling.md, word for word, so that it is compiled.</summary>
internal static class ScalingExample
{
    public static void Run(IDataView data)
    {
        var ml = new MLContext(seed: 1);
        var options = new ForecastingOptions
        {
            Targets = ["Load"],
            SeriesColumnName = "Series",
            TimeColumnName = "Time",
            Context = 48,
            Horizon = 3,
            Training = new TrainingOptions { Epochs = 5 },
        };
        foreach ((string name, ForecastingOptions tried) in new[]
        {
            ("as it is", options),
            ("Box-Cox", options with { Scaling = ScalingKind.BoxCox }),
            ("differences of a day", options with { Differencing = Differencing.Seasonal(24) }),
            ("MASE as the loss", options with { Loss = RegressionLoss.AbsoluteScaled(24) }),
        })
        {
            var trainer = ml.Forecasting.Trainers.Sequence(new Linear(), tried);
            BacktestResult result = ml.Forecasting.Backtest(data, trainer, new BacktestOptions { Folds = 2, Seasonality = 24 });
            Console.WriteLine($"{name}: MASE {result.Metrics.Overall.MeanAbsoluteScaledError:F2}");
        }
    }
}
