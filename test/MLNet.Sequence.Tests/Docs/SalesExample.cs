using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence;

namespace Examples;

/// <summary>The example of docs/sales.md, word for word, so that it is compiled.</summary>
internal static class SalesExample
{
    public static void Run(string file, string saved)
    {
        var ml = new MLContext(seed: 1);
        TextLoader.Column[] columns = [new("date", DataKind.DateTime, 0), new("shop", DataKind.String, 1), new("units", DataKind.Single, 2)];
        IDataView sales = ml.Data.LoadFromTextFile(file, columns, separatorChar: ',', hasHeader: true);
        using ForecastingTransformer model = ml.Forecasting.Trainers.Sequence(new Tcn { Channels = 16 }, new ForecastingOptions
        {
            Targets = ["units"],
            SeriesColumnName = "shop",
            TimeColumnName = "date",
            Context = 28,
            Horizon = 14,
            Training = new TrainingOptions { Epochs = 20, LearningRate = 2e-3 },
        }).Fit(sales);

        IDataView scored = model.Transform(sales);
        foreach (var shop in scored.GetColumn<string>("shop").Zip(scored.GetColumn<float[]>("Forecast")).GroupBy(row => row.First))
            Console.WriteLine($"{shop.Key}: {string.Join(", ", shop.Last().Second.Select(units => $"{units:F0}"))}");
        model.Model.Save(saved);

        // In another program, with the package MLNet.Sequence.Runtime alone: the last 28 days of a shop, oldest first.
        float[] days = [.. scored.GetColumn<string>("shop").Zip(scored.GetColumn<float>("units"))
            .Where(row => row.First == "north").Select(row => row.Second).TakeLast(28)];
        float[] next = SequenceModel.Load(saved).Forecast(days, "north");
        Console.WriteLine($"In Runtime alone: {string.Join(", ", next.Select(units => $"{units:F0}"))}");
    }
}
