using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence;

namespace Examples;

/// <summary>The example of a time axis in docs/forecasting.md, word for word, so that it is compiled.</summary>
internal static class TimeAxisExample
{
    public static void Run(string file)
    {
        var ml = new MLContext(seed: 1);
        IDataView loads = ml.Data.LoadFromTextFile(file, new TextLoader.Options
        {
            Columns = [new("time", DataKind.DateTime, 0), new("load", DataKind.Single, 1)],
            Separators = [','],
            HasHeader = true,
            MissingRealsAsNaNs = true, // else an empty cell is read as 0
        });
        using ForecastingTransformer model = ml.Forecasting.Trainers.Sequence(new Tcn { Channels = 8 }, new ForecastingOptions
        {
            Targets = ["load"],
            TimeColumnName = "time",
            MissingValues = MissingValues.Interpolate,
            Context = 24,
            Horizon = 6,
            Training = new TrainingOptions { Epochs = 5 },
        }).Fit(loads);
        Console.WriteLine(((Forecasting)model.Model.Task).Frequency); // hours

        // The six hours after the last row, with their dates.
        foreach (ForecastRow row in model.Forecast(loads))
            Console.WriteLine($"{row.Time:yyyy-MM-dd HH:mm} {row.Forecast:F1}");
    }
}
