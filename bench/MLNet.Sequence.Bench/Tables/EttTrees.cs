using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;

namespace MLNet.Sequence.Bench.Tables;

/// <summary>The test months of ETTh1 or ETTm1 by boosted trees over 96 lags, fed back; and by the seasonal naive forecast of a day.</summary>
internal static class EttTrees
{
    private const int Lags = 96;

    public static int Run(string set, IReadOnlyCollection<int> horizons)
    {
        var data = new EttData(set);
        int day = data.TrainingEnd / 360;
        foreach (int horizon in horizons)
        {
            float[] last = [.. Windows(day, horizon).SelectMany(window => Enumerable.Range(0, horizon).Select(step => window[step % day]))];
            Print("seasonal naive", horizon, last, 0);
        }

        foreach (string trainer in new[] { LagTrees.LightGbm, LagTrees.FastTree })
        {
            var watch = Stopwatch.StartNew();
            ITransformer model = LagTrees.Fit(trainer, data.Values.Select((values, channel) =>
                ($"{channel}", Array.ConvertAll(values[..data.TrainingEnd], value => (float)value))), Lags);
            double minutes = watch.Elapsed.TotalMinutes;
            foreach (int horizon in horizons)
                Print(trainer, horizon, [.. LagTrees.Forecast(model, Windows(Lags, horizon), horizon).SelectMany(forecast => forecast)], minutes);
        }

        return 0;

        float[][] Windows(int context, int horizon) => data.Windows(context, horizon, data.ValidationEnd, data.TestEnd);
        void Print(string name, int horizon, float[] forecasts, double minutes) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{set}, horizon {horizon}, {name}: MSE {data.Error(forecasts, data.ValidationEnd, data.TestEnd, horizon):F3}; {minutes:F1} min of training"));
    }
}
