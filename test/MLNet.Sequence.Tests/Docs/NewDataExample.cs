using Microsoft.ML;
using MLNet.Sequence;

namespace Examples;

/// <summary>The example of docs/new-data.md, word for word, so that it is compiled.</summary>
internal static class NewDataExample
{
    public static void Run(IDataView soFar, IDataView withNewRows)
    {
        var ml = new MLContext(seed: 1);
        ForecastingOptions options = new()
        {
            Targets = ["Load"],
            SeriesColumnName = "Series",
            TimeColumnName = "Time",
            Context = 8,
            Horizon = 3,
            Training = new TrainingOptions { Epochs = 10 },
        };
        using ForecastingTransformer model = ml.Forecasting.Trainers.Sequence(new Gru { HiddenSize = 8 }, options).Fit(soFar);

        // Later: all rows, fewer epochs, a lower rate. The first model stays as it is.
        options = options with { Training = new TrainingOptions { Epochs = 3, LearningRate = 3e-4 } };
        using ForecastingTransformer updated = ml.Forecasting.Trainers.Sequence(new Gru { HiddenSize = 8 }, options).Fit(withNewRows, warmStart: model);
        Console.WriteLine(updated.Model.Report);
    }
}
