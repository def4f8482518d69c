namespace MLNet.Sequence.LocalModels;

/// <summary>
/// The seasonal adjustment of the M4 competition's benchmarks: if the autocorrelation at one season is significant (90 %, with at least three
/// seasons), the values are divided by the seasonal figure of the classical multiplicative decomposition.
/// Deviates: values of 0 or below have no factors, so their figure is subtracted.
/// </summary>
internal sealed class SeasonalAdjustment
{
    private const double Critical = 1.645;

    private readonly double[] _figure;
    private readonly bool _multiplies;
    private readonly int _length;

    private SeasonalAdjustment(double[] values, double[] figure, bool multiplies)
    {
        (_figure, _multiplies, _length) = (figure, multiplies, values.Length);
        Adjusted = [.. values.Select((value, t) => multiplies ? value / figure[t % figure.Length] : value - figure[t % figure.Length])];
    }

    /// <summary>The values without their season.</summary>
    public double[] Adjusted { get; }

    public static SeasonalAdjustment Of(double[] values, int season)
    {
        bool multiplies = values.All(value => value > 0);
        return IsSeasonal(values, season)
            ? new SeasonalAdjustment(values, Figure(values, season, multiplies), multiplies)
            : new SeasonalAdjustment(values, [0], multiplies: false);
    }

    /// <summary>Gives a forecast of adjusted values its season back.</summary>
    /// <param name="forecast">The steps after the values; changed.</param>
    public double[] Restore(double[] forecast)
    {
        for (int ahead = 0; ahead < forecast.Length; ahead++)
        {
            double seasonal = _figure[(_length + ahead) % _figure.Length];
            forecast[ahead] = _multiplies ? forecast[ahead] * seasonal : forecast[ahead] + seasonal;
        }

        return forecast;
    }

    // r_m exceeds its limit under the hypothesis that only the autocorrelations of shorter lags differ from 0.
    public static bool IsSeasonal(double[] values, int season)
    {
        if (season < 2 || values.Length < 3 * season)
            return false;
        double mean = values.Average(), variance = values.Sum(value => (value - mean) * (value - mean));
        if (variance == 0)
            return false;
        double Correlation(int lag) => Enumerable.Range(lag, values.Length - lag).Sum(t => (values[t] - mean) * (values[t - lag] - mean)) / variance;
        double shorter = Enumerable.Range(1, season - 1).Sum(lag => Math.Pow(Correlation(lag), 2));
        return Math.Abs(Correlation(season)) > Critical * Math.Sqrt((1 + 2 * shorter) / values.Length);
    }

    /// <summary>The figure of the classical decomposition: the mean of value and centred moving average by place in the season, normalised.</summary>
    public static double[] Figure(double[] values, int season, bool multiplies)
    {
        var sums = new double[season];
        var counts = new int[season];
        int half = season / 2;
        for (int t = half; t + half < values.Length; t++)
        {
            double trend = 0;
            for (int lag = -half; lag <= half; lag++)
                trend += values[t + lag] * (season % 2 == 0 && Math.Abs(lag) == half ? 0.5 : 1);
            trend /= season;
            sums[t % season] += multiplies ? values[t] / trend : values[t] - trend;
            counts[t % season]++;
        }

        double[] figure = [.. sums.Select((sum, place) => sum / counts[place])];
        double mean = figure.Average();
        return [.. figure.Select(value => multiplies ? value / mean : value - mean)];
    }
}
