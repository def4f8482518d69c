using Microsoft.ML;
using MLNet.Sequence;

namespace Examples;

/// <summary>The example of docs/distributions.md, word for word, so that it is compiled.</summary>
internal static class DistributionExample
{
    public static void Run(IDataView train, double[] history)
    {
        var ml = new MLContext(seed: 1);
        using ForecastingTransformer model = ml.Forecasting.Trainers.Sequence(new Gru { HiddenSize = 8 }, new ForecastingOptions
        {
            Targets = ["Load"],
            Context = 8,
            Horizon = 3,
            Output = ForecastOutput.NegativeBinomial,
            Training = new TrainingOptions { Epochs = 10 },
        }).Fit(train);

        foreach (ForecastDistribution ahead in model.Model.ForecastDistributions(history))
            Console.WriteLine($"mean {ahead.Mean:F1}, deviation {ahead.StandardDeviation:F1}, nine times in ten at most {ahead.Quantile(0.9)}");
    }
}
