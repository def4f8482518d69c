using MLNet.Sequence.LocalModels;

namespace MLNet.Sequence;

/// <summary>
/// The last value of the seasonally adjusted series, with its season: the benchmark to which OWA relates (Makridakis, Spiliotis and
/// Assimakopoulos, "The M4 Competition", International Journal of Forecasting 36(1), 2020). Without a significant season it is the naive forecast.
/// Deviates: series with values of 0 or below are adjusted additively.
/// </summary>
public sealed record Naive2 : LocalModel
{
    private protected override double[] Follow(double[] history, int horizon)
    {
        var adjustment = SeasonalAdjustment.Of(history, Season);
        var forecast = new double[horizon];
        Array.Fill(forecast, adjustment.Adjusted[^1]);
        return adjustment.Restore(forecast);
    }
}
