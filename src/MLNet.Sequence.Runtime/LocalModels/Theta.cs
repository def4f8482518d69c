using MLNet.Sequence.LocalModels;

namespace MLNet.Sequence;

/// <summary>
/// The standard Theta method (Assimakopoulos and Nikolopoulos, "The theta model", International Journal of Forecasting 16(4), 2000) as in the M4
/// competition: the mean of the linear trend of the series and of simple exponential smoothing of 2 y − trend, after its seasonal adjustment. It
/// equals simple exponential smoothing with half the slope of the trend as drift (Hyndman and Billah 2003).
/// Deviates: series with values of 0 or below are adjusted additively; negative forecasts are kept.
/// </summary>
public sealed record Theta : LocalModel
{
    private protected override double[] Follow(double[] history, int horizon)
    {
        var adjustment = SeasonalAdjustment.Of(history, Season);
        double[] values = adjustment.Adjusted;
        double middle = (values.Length - 1) / 2.0, mean = values.Average();
        double spread = values.Select((_, t) => (t - middle) * (t - middle)).Sum();
        double slope = spread == 0 ? 0 : values.Select((value, t) => (t - middle) * (value - mean)).Sum() / spread;
        double Trend(int t) => mean + slope * (t - middle);
        double level = SimpleSmoothing.Level([.. values.Select((value, t) => 2 * value - Trend(t))]);
        return adjustment.Restore([.. Enumerable.Range(values.Length, horizon).Select(t => (level + Trend(t)) / 2)]);
    }
}
