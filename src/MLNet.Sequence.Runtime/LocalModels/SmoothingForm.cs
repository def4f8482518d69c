namespace MLNet.Sequence.LocalModels;

internal enum SmoothedTrend
{
    None,
    Linear,
    Damped,
}

internal enum SmoothedSeason
{
    None,
    Added,
    Multiplied,
}

/// <summary>A form of exponential smoothing: its trend and its season.</summary>
internal sealed record SmoothingForm(SmoothedTrend Trend, SmoothedSeason Season, int Period)
{
    private const double LeastDamping = 0.8, MostDamping = 0.98, LeastRate = 1e-4, MostRate = 0.9999, LeastDeviation = 1e-12;

    // Where the search begins.
    private static readonly double[] Rates = [0.1, 0.5, 0.9];

    /// <summary>The number of smoothing parameters and first states that the likelihood is maximised over, in this order.</summary>
    public int SearchedCount => 2 + (Trend == SmoothedTrend.None ? 0 : 2) + (Trend == SmoothedTrend.Damped ? 1 : 0) + (Season == SmoothedSeason.None ? 0 : 1);

    // And the seasonal states, which add up to a constant, and the variance.
    private int Count => SearchedCount + (Season == SmoothedSeason.None ? 0 : Period - 1) + 1;

    /// <summary>The forms that a history is long enough for.</summary>
    public static IEnumerable<SmoothingForm> All(double[] history, int period) =>
        from trend in Enum.GetValues<SmoothedTrend>()
        from season in Enum.GetValues<SmoothedSeason>()
        where season == SmoothedSeason.None || period > 1 && history.Length >= 3 * period
        where season != SmoothedSeason.Multiplied || history.All(value => value > 0)
        let form = new SmoothingForm(trend, season, period)
        where history.Length > form.Count + 2
        select form;

    /// <summary>The states and parameters of the greatest likelihood; null: none of those tried is possible.</summary>
    public FittedSmoothing? Fit(double[] history)
    {
        // In units of its deviation, and around its mean where a season is not a factor: steps of the search fit any level and unit.
        double mean = history.Average(), deviation = Math.Sqrt(history.Average(value => Math.Pow(value - mean, 2)));
        double unit = deviation > LeastDeviation * Math.Abs(mean) ? deviation : Math.Max(1, Math.Abs(mean));
        double level = Season == SmoothedSeason.Multiplied ? 0 : mean;
        return FitScaled([.. history.Select(value => (value - level) / unit)])?.At(level, unit);
    }

    private FittedSmoothing? FitScaled(double[] history)
    {
        double[] figure = Season == SmoothedSeason.None ? [] : SeasonalAdjustment.Figure(history, Period, Season == SmoothedSeason.Multiplied);
        (double level, double slope) = Beginning(history, figure);
        double Loss(double[] searched) => Run(history, figure, searched) is { } run ? run.Likelihood : double.PositiveInfinity;
        double[] Start(double alpha) =>
        [
            alpha,
            .. Trend == SmoothedTrend.None ? Array.Empty<double>() : [0.1 * alpha],
            .. Season == SmoothedSeason.None ? Array.Empty<double>() : [0.05 * (1 - alpha)],
            .. Trend == SmoothedTrend.Damped ? [0.97] : Array.Empty<double>(),
            level,
            .. Trend == SmoothedTrend.None ? Array.Empty<double>() : [slope],
        ];
        double[] best = Rates.Select(alpha => SimplexSearch.Minimise(Loss, Start(alpha), Spans(slope))).MinBy(Loss)!;
        if (Run(history, figure, best) is not { } fitted)
            return null;
        int n = history.Length, k = Count;
        return fitted with { Criterion = fitted.Likelihood + 2.0 * k * n / (n - k - 1) };
    }

    private double[] Spans(double slope) =>
    [
        0.1,
        .. Trend == SmoothedTrend.None ? Array.Empty<double>() : [0.02],
        .. Season == SmoothedSeason.None ? Array.Empty<double>() : [0.02],
        .. Trend == SmoothedTrend.Damped ? [-0.03] : Array.Empty<double>(),
        0.1,
        .. Trend == SmoothedTrend.None ? Array.Empty<double>() : [Math.Max(0.2 * Math.Abs(slope), 0.002)],
    ];

    // Level and slope before the first value: the line through the first values without their season.
    private (double Level, double Slope) Beginning(double[] history, double[] figure)
    {
        int count = Math.Min(history.Length, Math.Max(10, 2 * (figure.Length == 0 ? 1 : Period)));
        double[] first = [.. history.Take(count).Select((value, t) => Season switch
        {
            SmoothedSeason.None => value,
            SmoothedSeason.Added => value - figure[t % Period],
            _ => value / figure[t % Period],
        })];
        double middle = (count - 1) / 2.0, mean = first.Average();
        double slope = first.Select((value, t) => (t - middle) * (value - mean)).Sum() / Math.Max(1e-12, first.Select((_, t) => Math.Pow(t - middle, 2)).Sum());
        return Trend == SmoothedTrend.None ? (mean, 0) : (mean - slope * (middle + 1), slope);
    }

    // Null: a parameter is out of its range, or a forecast is not positive where errors are relative.
    private FittedSmoothing? Run(double[] history, double[] figure, double[] searched)
    {
        int at = 0;
        double alpha = searched[at++], beta = Trend == SmoothedTrend.None ? 0 : searched[at++];
        double gamma = Season == SmoothedSeason.None ? 0 : searched[at++], damping = Trend == SmoothedTrend.Damped ? searched[at++] : 1;
        if (!(alpha is >= LeastRate and <= MostRate) || beta < 0 || beta > alpha || gamma < 0 || gamma > 1 - alpha
            || Trend == SmoothedTrend.Damped && damping is < LeastDamping or > MostDamping)
            return null;
        double level = searched[at++], slope = Trend == SmoothedTrend.None ? 0 : searched[at], squares = 0, logs = 0;
        var season = (double[])figure.Clone();
        for (int t = 0; t < history.Length; t++)
        {
            double line = level + damping * slope, seasonal = season.Length == 0 ? 0 : season[t % Period];
            bool relative = Season == SmoothedSeason.Multiplied;
            double expected = relative ? line * seasonal : line + seasonal;
            if (relative && !(expected > 0))
                return null;
            double error = relative ? (history[t] - expected) / expected : history[t] - expected;
            squares += error * error;
            logs += relative ? Math.Log(expected) : 0;
            double unit = relative ? line : 1;
            level = line + alpha * unit * error;
            slope = damping * slope + beta * unit * error;
            if (season.Length > 0)
                season[t % Period] = seasonal + gamma * (relative ? seasonal : 1) * error;
        }

        // A series without errors would have an infinite likelihood.
        double likelihood = history.Length * Math.Log(Math.Max(squares, double.Epsilon)) + 2 * logs;
        return new FittedSmoothing(this, history.Length, likelihood) { Level = level, Slope = slope, Damping = damping, Seasonal = season };
    }
}

/// <summary>The states of exponential smoothing after the last value.</summary>
/// <param name="Form">The form.</param>
/// <param name="Length">The number of values.</param>
/// <param name="Likelihood">−2 log L, without a constant that all forms share.</param>
internal sealed record FittedSmoothing(SmoothingForm Form, int Length, double Likelihood)
{
    /// <summary>AICc; the least is the best.</summary>
    public double Criterion { get; init; }

    public required double Level { get; init; }

    public required double Slope { get; init; }

    public required double Damping { get; init; }

    public required double[] Seasonal { get; init; }

    /// <summary>The same states of a history that was scaled: its values are those of this one, times a unit, plus a level.</summary>
    public FittedSmoothing At(double level, double unit) => this with
    {
        Level = Level * unit + level,
        Slope = Slope * unit,
        Seasonal = Form.Season == SmoothedSeason.Added ? [.. Seasonal.Select(value => value * unit)] : Seasonal,
        Likelihood = Likelihood + 2 * Length * Math.Log(unit),
        Criterion = Criterion + 2 * Length * Math.Log(unit),
    };

    public double[] Forecast(int horizon)
    {
        var forecast = new double[horizon];
        double line = Level, slope = Slope;
        for (int ahead = 0; ahead < horizon; ahead++)
        {
            slope *= Damping;
            line += slope;
            double seasonal = Seasonal.Length == 0 ? 0 : Seasonal[(Length + ahead) % Seasonal.Length];
            forecast[ahead] = Form.Season == SmoothedSeason.Multiplied ? line * seasonal : line + seasonal;
        }

        return forecast;
    }
}
