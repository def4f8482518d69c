using Microsoft.ML;
using MLNet.Sequence;

namespace Examples;

/// <summary>The example of docs/windows.md, word for word, so that it is compiled.</summary>
internal static class WindowsExample
{
    public static void Run(IDataView train, IDataView test)
    {
        var ml = new MLContext(seed: 1);
        var windows = new SlidingWindowOptions
        {
            Columns = ["Load", "Price"],
            LabelColumnName = "Load",
            SeriesColumnName = "Series",
            Context = 24,
            Horizon = 6,
        };
        var pipeline = ml.Transforms.SlidingWindow(windows).Append(ml.Regression.Trainers.LightGbm());
        using var model = pipeline.Fit(train);
        Console.WriteLine($"R squared {ml.Regression.Evaluate(model.Transform(test)).RSquared:F3}");

        // The newest rows have no label yet: cut them without one, and score them.
        IDataView newest = ml.Transforms.SlidingWindow(windows with { LabelColumnName = null }).Fit(test).Transform(test);
        IDataView forecasts = model.LastTransformer.Transform(newest);
    }
}
