using Microsoft.Data.Analysis;
using Microsoft.ML;
using MLNet.Sequence;

namespace Examples;

/// <summary>The example of docs/dataframes.md, word for word, so that it is compiled.</summary>
internal static class DataFrameExample
{
    public static void Run(string file)
    {
        var ml = new MLContext(seed: 1);
        DataFrame sales = DataFrame.LoadCsv(file, dataTypes: [typeof(DateTime), typeof(int), typeof(float), typeof(bool)]);
        IDataView rows = sales.ToSequenceView(); // an empty cell of an integer is NaN, not 0

        using ForecastingTransformer model = ml.Forecasting.Trainers.Sequence(new Gru { HiddenSize = 8 }, new ForecastingOptions
        {
            Targets = ["sold"],
            Inputs = ["price", "open"],
            TimeColumnName = "day",
            MissingValues = MissingValues.Interpolate,
            Context = 14,
            Horizon = 7,
            Training = new TrainingOptions { Epochs = 5 },
        }).Fit(rows);

        ForecastTable week = model.Forecast(rows);
        Console.WriteLine(week); // as aligned text
        DataFrame table = week.ToDataFrame(); // day, Step, Target, Forecast
    }
}
