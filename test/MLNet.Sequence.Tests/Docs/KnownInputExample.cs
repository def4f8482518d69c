using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence;

namespace Examples;

/// <summary>The example of docs/known-inputs.md, word for word, so that it is compiled.</summary>
internal static class KnownInputExample
{
    public static void Run(IDataView train, IDataView planned, float[] history)
    {
        var ml = new MLContext(seed: 1);
        var keys = ml.Transforms.Conversion.MapValueToKey("Kind").Fit(train);
        using var model = ml.Forecasting.Trainers.Sequence(new Gru { HiddenSize = 8 }, new ForecastingOptions
        {
            Targets = ["Units"],
            KnownInputs = ["Promotion"],
            StaticColumns = ["Size", "Kind"],
            SeriesColumnName = "Shop",
            TimeColumnName = "Date",
            Context = 14,
            Horizon = 7,
            Training = new TrainingOptions { Epochs = 10 },
        }).Fit(keys.Transform(train));

        // The plan is in the rows after the last known one. Their Units are missing (NaN).
        float[][] forecasts = [.. model.Transform(keys.Transform(planned)).GetColumn<float[]>("Forecast")];

        // Without ML.NET: rows of Units, Promotion, Size and the index of the kind; then the promotions of the next seven days.
        float[] week = model.Model.Forecast(history, [0, 0, 0, 1, 1, 0, 0], "north");
        Console.WriteLine(string.Join(" ", week));
    }
}
