using Microsoft.ML;
using MLNet.Sequence;

namespace Examples;

/// <summary>The example of docs/quantiles.md, word for word, so that it is compiled.</summary>
internal static class QuantileExample
{
    public static void Run(IDataView train, float[] history)
    {
        var ml = new MLContext(seed: 1);
        using var model = ml.Forecasting.Trainers.Sequence(new Gru { HiddenSize = 8 }, new ForecastingOptions
        {
            Targets = ["Load"],
            Context = 8,
            Horizon = 3,
            Output = ForecastOutput.Quantiles(0.1, 0.5, 0.9),
            Training = new TrainingOptions { Epochs = 10 },
        }).Fit(train);

        // Three levels of the first step, then three of the second …
        float[] quantiles = model.Model.Forecast(history);
        for (int step = 0; step < 3; step++)
            Console.WriteLine($"step {step + 1}: {quantiles[3 * step]:F1} to {quantiles[3 * step + 2]:F1}, middle {quantiles[3 * step + 1]:F1}");
    }
}
