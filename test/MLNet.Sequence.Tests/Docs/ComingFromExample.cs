using Microsoft.ML;
using MLNet.Sequence;

namespace Examples;

/// <summary>The example of docs/coming-from.md, word for word, so that it is compiled.</summary>
internal static class ComingFromExample
{
    public static void Run(IDataView train, IDataView test)
    {
        var ml = new MLContext(seed: 1);
        using var model = ml.Forecasting.Trainers.Sequence(new Tcn { Channels = 8 }, new ForecastingOptions
        {
            Targets = ["Load"],
            TimeColumnName = "Time",
            SeriesColumnName = "Series",
            Context = 24,
            Horizon = 6,
            Training = new TrainingOptions { Epochs = 3 },
        }).Fit(train);
        Console.WriteLine(ml.Forecasting.EvaluateSequence(model.Transform(test), seasonality: 24, history: train));
        float[] next = model.Model.Forecast(new float[24], "a");
    }
}
