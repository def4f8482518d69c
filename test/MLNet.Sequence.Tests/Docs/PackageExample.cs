using Microsoft.ML;
using MLNet.Sequence;

namespace Examples;

/// <summary>The example of the package's own readme, word for word, so that it is compiled.</summary>
internal static class PackageExample
{
    public static void Run()
    {
        var ml = new MLContext(seed: 1);
        float[] wave = [.. Enumerable.Range(0, 1_000).Select(t => MathF.Sin(t / 5f))];
        IDataView rows = ml.Data.LoadFromEnumerable(wave.Select(value => new { Wave = value }));
        using ForecastingTransformer model = ml.Forecasting.Trainers.Sequence(new Tcn { Channels = 8 }, "Wave", context: 24, horizon: 4).Fit(rows);
        Console.WriteLine(model.Model.Report);
        model.Model.Save("wave.sequence");
    }
}
