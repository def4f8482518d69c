using System.Diagnostics;
using System.Globalization;

namespace MLNet.Sequence.Bench;

/// <summary>M4 Hourly and Weekly by boosted trees over lags: sMAPE, MASE and OWA over Naive2, by the competition's rules.</summary>
internal static class M4Trees
{
    /// <param name="names">Hourly, Weekly; none: both.</param>
    public static int Run(IReadOnlyCollection<string> names)
    {
        // A week of hours, a year of weeks.
        foreach ((M4Data set, int lags) in new[] { (M4Data.Hourly, 168), (M4Data.Weekly, 52) })
        {
            if (names.Count > 0 && !names.Contains(set.Name))
                continue;
            Dictionary<string, double[]> training = set.Training(), test = set.Test();
            foreach (string trainer in new[] { LagTrees.LightGbm, LagTrees.FastTree })
            {
                var watch = Stopwatch.StartNew();
                Dictionary<string, double[]> forecasts = LagTrees.Forecast(trainer, training, lags, set.Horizon);
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                    $"M4 {set.Name}, {trainer}: {set.Score(forecasts, training, test)}; {watch.Elapsed.TotalSeconds:F0} s"));
            }
        }

        return 0;
    }
}
