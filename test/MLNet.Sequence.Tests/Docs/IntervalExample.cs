using Microsoft.ML;
using MLNet.Sequence;

namespace Examples;

/// <summary>The example of docs/intervals.md, word for word, so that it is compiled.</summary>
internal static class IntervalExample
{
    public static void Run(IDataView train, IDataView test, double[] history)
    {
        var ml = new MLContext(seed: 1);
        using ForecastingTransformer model = ml.Forecasting.Trainers.Sequence(new Gru { HiddenSize = 8 }, new ForecastingOptions
        {
            Targets = ["Load"],
            Context = 8,
            Horizon = 3,
            Intervals = new ForecastIntervals { ConfidenceLevel = 0.9 },
            Training = new TrainingOptions { Epochs = 10 },
        }).Fit(train);

        // Columns "Forecast", "LowerBound" and "UpperBound", each of three steps.
        ForecastingMetrics metrics = ml.Forecasting.EvaluateSequence(model.Transform(test));
        IntervalScores interval = metrics.Overall.Quantiles!.Intervals[0];
        Console.WriteLine($"holds {interval.Coverage:P0}, width {interval.Width:F1}, Winkler score {interval.WinklerScore:F1}");

        // In plain C#, without ML.NET.
        ForecastBounds ahead = model.Model.ForecastWithBounds(history);
        for (int step = 0; step < 3; step++)
            Console.WriteLine($"step {step + 1}: {ahead.Forecast[step]:F1}, between {ahead.Lower[step]:F1} and {ahead.Upper[step]:F1}");
    }
}
