using Microsoft.ML;
using MLNet.Sequence;

namespace Examples;

/// <summary>The example of docs/rows.md, word for word, so that it is compiled.</summary>
internal static class RowsExample
{
    public static void Run(IDataView readings)
    {
        var ml = new MLContext(seed: 1);
        var options = new ForecastingOptions
        {
            Targets = ["Load"],
            Inputs = ["Price"],
            SeriesColumnName = "Series",
            TimeColumnName = "Time",
            Sort = true, // rows may come in any order
            Frequency = Frequency.Hourly,
            Resample = Resampling.Mean, // the readings of an hour become one step
            MissingValues = MissingValues.Mask,
            ShortSeries = ShortSeries.Pad, // a meter of last week has forecasts, too
            Context = 24,
            Horizon = 6,
            Training = new TrainingOptions { Epochs = 3 },
        };
        using ForecastingTransformer model = ml.Forecasting.Trainers.Sequence(new Tcn { Channels = 8 }, options).Fit(readings);
        Console.WriteLine(model.Forecast(readings));

        // The steps themselves, to look at or to split.
        IDataView hours = ml.Forecasting.Arrange(readings, options);
    }
}
