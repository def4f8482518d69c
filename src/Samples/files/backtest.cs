#:project ../../MLNet.Sequence/MLNet.Sequence.csproj
#:package TorchSharp-cpu
#:property PublishAot=false
#:property RuntimeIdentifier=$(NETCoreSdkRuntimeIdentifier)
#:property SelfContained=false

// How good would the forecasts have been? Three origins in the past, next to statistical methods. Run it in the root of the repository:
// dotnet run src/Samples/files/backtest.cs
using Microsoft.ML;
using MLNet.Sequence;

var random = new Random(1);
var start = new DateTime(2020, 1, 1);
Sale[] sales = [.. Enumerable.Range(0, 400).SelectMany(day => new[] { "north", "south" }.Select(shop => new Sale
{
    Shop = shop,
    Day = start.AddDays(day),
    Units = (float)((shop == "north" ? 40 : 15) + 8 * Math.Sin(2 * Math.PI * day / 7) + 3 * random.NextDouble()),
}))];

var ml = new MLContext(seed: 1);
var forecaster = ml.Forecasting.Trainers.Sequence(new Gru { HiddenSize = 8 }, new ForecastingOptions
{
    Targets = ["Units"],
    SeriesColumnName = "Shop",
    TimeColumnName = "Day",
    Context = 28,
    Horizon = 7,
    Training = new TrainingOptions { Epochs = 3, LearningRate = 5e-3 },
});
BacktestResult result = ml.Forecasting.Backtest(ml.Data.LoadFromEnumerable(sales), forecaster, new BacktestOptions
{
    Folds = 3,
    Seasonality = 7,
    References = [new Naive2 { Season = 7 }, new Theta { Season = 7 }],
});
Console.WriteLine(result);
foreach (IDisposable model in result.Folds.Select(fold => fold.Model).OfType<IDisposable>())
    model.Dispose();

internal sealed class Sale
{
    public string Shop { get; set; } = "";

    public DateTime Day { get; set; }

    public float Units { get; set; }
}
