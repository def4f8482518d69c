using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence;

namespace Examples;

/// <summary>The example of docs/anomalies.md, word for word, so that it is compiled.</summary>
internal static class AnomalyExample
{
    public static void Run(IDataView history, IDataView today)
    {
        var ml = new MLContext(seed: 1);
        SequenceForecaster forecaster = ml.Forecasting.Trainers.Sequence(new Tcn { Channels = 8 }, new ForecastingOptions
        {
            Targets = ["Load"],
            TimeColumnName = "Time",
            Context = 24,
            Horizon = 1,
            Training = new TrainingOptions { Epochs = 5 },
        });
        using AnomalyTransformer detector = ml.Forecasting.DetectAnomalies(forecaster, new AnomalyOptions { Confidence = 0.99 }).Fit(history);

        int row = 0;
        foreach (double[] found in detector.Transform(today).GetColumn<double[]>("Prediction"))
        {
            row++;
            if (found[0] == 1)
                Console.WriteLine($"row {row}: score {found[1]:F1}, p-value {found[2]:F4}");
        }
    }
}
