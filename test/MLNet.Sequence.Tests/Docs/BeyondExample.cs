using Microsoft.ML;
using MLNet.Sequence;

namespace Examples;

/// <summary>The example of docs/beyond.md, word for word, so that it is compiled.</summary>
internal static class BeyondExample
{
    public static void Run(IDataView train, double[] history)
    {
        var ml = new MLContext(seed: 1);
        using ForecastingTransformer model = ml.Forecasting.Trainers.Sequence(new Gru { HiddenSize = 8 }, new ForecastingOptions
        {
            Targets = ["Load"],
            TimeColumnName = "Time",
            Context = 8,
            Horizon = 3,
            Output = ForecastOutput.Gaussian,
            Training = new TrainingOptions { Epochs = 10 },
        }).Fit(train);

        // Twelve steps of a model of three, with the bounds of 500 sample paths.
        ForecastTable table = model.Forecast(train, steps: 12, paths: new SamplePaths(500) { ConfidenceLevel = 0.9 });
        Console.WriteLine(table);

        // Paths are possible futures: the distribution of the sum of all twelve steps.
        ForecastPaths paths = model.Model.ForecastPaths(history, new SamplePaths(500), steps: 12);
        double[] sums = [.. Enumerable.Range(0, paths.Count).Select(path => Enumerable.Range(1, paths.Steps).Sum(step => paths[path, step])).Order()];
        Console.WriteLine($"The sum is {sums.Average():F0}, nine times in ten at most {sums[450]:F0}.");
    }
}
