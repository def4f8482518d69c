using System.Numerics.Tensors;
using MLNet.Sequence.Metrics;

namespace MLNet.Sequence;

/// <summary>
/// Collects forecasts window by window and computes their <see cref="ForecastingMetrics"/>. It keeps sums in double
/// precision and does not store the windows: the memory is O(horizon × targets) for any number of windows. Not thread-safe.
/// </summary>
public sealed class ForecastingEvaluator
{
    private readonly ForecastingEvaluatorOptions _options;
    private readonly ErrorSums _model;
    private readonly ErrorSums _naive;
    private readonly ErrorSums _seasonalNaive;
    private readonly double[] _baseline; // [horizon × targets], refilled by each Add
    private readonly double[] _forecast, _actual, _history; // conversions of floats
    private Dictionary<string, ErrorSums> _bySeries = new(StringComparer.Ordinal);
    private bool _isShared;
    private readonly ReferenceSums[] _references;
    private readonly double[] _point; // the middle quantiles
    private readonly int _middle;
    private long _leftOut;

    /// <summary>Starts an evaluation without windows.</summary>
    /// <param name="options">Targets, horizon, seasonality, and the standard deviations of the training rows.</param>
    /// <exception cref="ArgumentException">An option is out of range; the message lists all such options.</exception>
    public ForecastingEvaluator(ForecastingEvaluatorOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options with { Targets = [.. options.Targets], StandardDeviations = [.. options.StandardDeviations], Levels = [.. options.Levels] };
        _model = new ErrorSums(_options, levels: _options.Levels.Count > 0);
        _references = [.. _options.References.Select(model => new ReferenceSums(model, _options))];
        _naive = new ErrorSums(_options);
        _seasonalNaive = new ErrorSums(_options);
        _baseline = new double[_options.Horizon * _options.Targets.Count];
        (_forecast, _actual) = (new double[_baseline.Length * Math.Max(1, _options.Levels.Count)], new double[_baseline.Length]);
        _point = new double[_baseline.Length];
        _middle = _options.Levels.Count == 0 ? 0 : ForecastOutput.Quantiles([.. _options.Levels]).Middle;
        _history = new double[_options.Seasonality * _options.Targets.Count];
    }

    /// <summary>Adds the forecast and the actual values of one window; allocates nothing.</summary>
    /// <param name="forecast">[horizon × targets], step after step: step h, target k at h · targets + k.</param>
    /// <param name="actual">The actual values, in the same shape and unit.</param>
    /// <param name="history">
    /// [n × targets], row after row: the window's series up to and including the row of the forecast's origin, from which the baselines are
    /// computed. Only the last season is read. If it is shorter than a season, this window has no seasonal naive forecast; if it is empty,
    /// it has no naive forecast either. The model's own scores still count the window.
    /// </param>
    /// <param name="scale">
    /// [targets]: the <see cref="SeasonalScale(ReadOnlySpan{float}, int)"/> of each target over the in-sample rows of this
    /// window's series. A target whose scale is 0 or not finite is left out of MASE for this window.
    /// </param>
    /// <returns>
    /// False if the window was left out because a forecast or an actual value is not finite: too little history before it,
    /// or too few rows after it.
    /// </returns>
    /// <exception cref="ArgumentException">A span has the wrong length.</exception>
    public bool Add(ReadOnlySpan<float> forecast, ReadOnlySpan<float> actual, ReadOnlySpan<float> history, ReadOnlySpan<double> scale)
    {
        RequireRows(history.Length);
        RequireLength(forecast.Length, _forecast.Length, Shape, nameof(forecast));
        RequireLength(actual.Length, _baseline.Length, "horizon × targets", nameof(actual));
        ReadOnlySpan<double> past = _references.Length > 0
            ? Wide(history, new double[history.Length])
            : Wide(history[^Math.Min(history.Length, _history.Length)..], _history);
        return Add(Wide(forecast, _forecast), Wide(actual, _actual), past, scale);
    }

    /// <summary>Adds one window of values in double; allocates nothing.</summary>
    /// <inheritdoc cref="Add(ReadOnlySpan{float}, ReadOnlySpan{float}, ReadOnlySpan{float}, ReadOnlySpan{double})"/>
    public bool Add(ReadOnlySpan<double> forecast, ReadOnlySpan<double> actual, ReadOnlySpan<double> history, ReadOnlySpan<double> scale)
    {
        RequireLength(scale.Length, _options.Targets.Count, "targets", nameof(scale));
        return Add(new EvaluatedWindow { Forecast = forecast, Actual = actual, History = history, Scale = scale });
    }

    /// <summary>Adds one window; allocates nothing, except for references and the first window of a series.</summary>
    /// <param name="window">The forecast, the actual values and what they are compared with.</param>
    /// <returns>False if the window was left out because a forecast or an actual value is not finite.</returns>
    /// <exception cref="ArgumentException">A span has the wrong length.</exception>
    public bool Add(in EvaluatedWindow window)
    {
        int targets = _options.Targets.Count;
        RequireLength(window.Forecast.Length, _forecast.Length, Shape, nameof(window.Forecast));
        RequireLength(window.Actual.Length, _baseline.Length, "horizon × targets", nameof(window.Actual));
        foreach (int scales in (ReadOnlySpan<int>)[window.Scale.Length, window.SquaredScale.Length])
            RequireLength(scales == 0 ? targets : scales, targets, "targets", nameof(window.Scale));
        RequireRows(window.History.Length);
        ReadOnlySpan<double> point = Point(window.Forecast);
        // Bounds that hold every value are infinite.
        if (!TensorPrimitives.IsFiniteAll(point) || TensorPrimitives.IsNaNAny(window.Forecast) || !TensorPrimitives.IsFiniteAll(window.Actual))
        {
            _leftOut++;
            return false;
        }

        _model.Add(point, window);
        if (window.Series is { } series)
            SumsOf(series).Add(point, window);

        if (NaiveForecast.Last(window.History, targets, _baseline))
            _naive.Add(_baseline, window);
        if (NaiveForecast.Seasonal(window.History, targets, _options.Seasonality, _baseline))
            _seasonalNaive.Add(_baseline, window);
        foreach (ReferenceSums reference in _references)
            reference.Add(window);
        return true;
    }

    /// <summary>Adds all windows of another evaluator with the same options.</summary>
    internal void Add(ForecastingEvaluator other)
    {
        _leftOut += other._leftOut;
        _model.Add(other._model);
        _naive.Add(other._naive);
        _seasonalNaive.Add(other._seasonalNaive);
        foreach ((ReferenceSums own, ReferenceSums one) in _references.Zip(other._references))
            own.Sums.Add(one.Sums);
        foreach ((string series, ErrorSums sums) in other._bySeries)
            SumsOf(series).Add(sums);
    }

    /// <summary>The metrics of the windows added so far; further windows may be added afterwards.</summary>
    /// <exception cref="InvalidOperationException">No window was evaluated.</exception>
    public ForecastingMetrics Compute()
    {
        if (_model.Count == 0)
            throw new InvalidOperationException(_leftOut == 0
                ? "There is nothing to evaluate: no window was added."
                : $"There is nothing to evaluate: all {_leftOut} windows were left out, because each lacks a forecast (too few rows before it) " +
                  $"or an actual value (too few rows after it; the horizon is {_options.Horizon}).");

        _isShared = true;
        return new ForecastingMetrics(_options, _model, _leftOut)
        {
            Naive = Baseline(_naive),
            SeasonalNaive = Baseline(_seasonalNaive),
            References = [.. _references.Select(reference => (reference.Name, Baseline(reference.Sums))).Where(one => one.Item2 is not null)
                .Select(one => new ReferenceMetrics(one.Name, one.Item2!))],
            Naive2 = _references.FirstOrDefault(reference => reference.IsNaive2) is { } second ? Baseline(second.Sums) : null,
            // Of a backtest of thousands of series with many folds hardly any is asked for.
            Series = new Lazy<IReadOnlyList<SeriesScores>>(Scores(_bySeries)),
        };
    }

    /// <summary>
    /// The denominator of MASE for one target of one series: the mean |y_t − y_{t−m}|, the in-sample error of a seasonal
    /// naive forecast one season ahead, in the unit of the values; 0 to ∞.
    /// </summary>
    /// <param name="values">The in-sample values, [n], in time order.</param>
    /// <param name="seasonality">m, the rows in a season; at least 1.</param>
    /// <returns>
    /// NaN if there are not more values than one season. Pairs with a value that is not finite are left out.
    /// </returns>
    /// <remarks>Source: Hyndman and Koehler, 2006, as at <see cref="ForecastingScores.MeanAbsoluteScaledError"/>.</remarks>
    public static double SeasonalScale(ReadOnlySpan<float> values, int seasonality) => SeasonalScale(Wide(values, new double[values.Length]), seasonality);

    /// <inheritdoc cref="SeasonalScale(ReadOnlySpan{float}, int)"/>
    public static double SeasonalScale(ReadOnlySpan<double> values, int seasonality)
    {
        double scale = 0;
        SeasonalScale(values, seasonality, new Span<double>(ref scale));
        return scale;
    }

    /// <summary>
    /// The denominator of RMSSE for one target of one series: the mean (y_t − y_{t−m})², the squared in-sample error of a seasonal naive forecast;
    /// otherwise as <see cref="SeasonalScale(ReadOnlySpan{double}, int)"/>.
    /// </summary>
    /// <param name="values">The in-sample values, [n], in time order.</param>
    /// <param name="seasonality">m, the rows in a season; at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">The seasonality is below 1.</exception>
    public static double SeasonalSquaredScale(ReadOnlySpan<double> values, int seasonality)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(seasonality, 1);
        double[] scales = new double[2];
        MeanChanges(values, seasonality, 0, 1, scales);
        return scales[1];
    }

    /// <summary>The denominators of MASE for all targets of one series, as in <see cref="SeasonalScale(ReadOnlySpan{float}, int)"/>.</summary>
    /// <param name="values">The in-sample values, [n × targets], row after row in time order.</param>
    /// <param name="seasonality">m, the rows in a season; at least 1.</param>
    /// <param name="scale">[targets]: receives one denominator per target; its length is the number of targets.</param>
    /// <exception cref="ArgumentException">The values are not a whole number of rows.</exception>
    public static void SeasonalScale(ReadOnlySpan<float> values, int seasonality, Span<double> scale) =>
        SeasonalScale(Wide(values, new double[values.Length]), seasonality, scale);

    /// <inheritdoc cref="SeasonalScale(ReadOnlySpan{float}, int, Span{double})"/>
    public static void SeasonalScale(ReadOnlySpan<double> values, int seasonality, Span<double> scale)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(seasonality, 1);
        int targets = scale.Length;
        if (targets == 0 || values.Length % targets != 0)
            throw new ArgumentException($"Must hold whole rows of {targets} targets, but holds {values.Length} values.", nameof(values));

        double[] scales = new double[2];
        for (int target = 0; target < targets; target++)
        {
            MeanChanges(values, seasonality, target, targets, scales);
            scale[target] = scales[0];
        }
    }

    // The mean absolute and the mean squared change over a season.
    private static void MeanChanges(ReadOnlySpan<double> values, int seasonality, int target, int targets, Span<double> scales)
    {
        double sum = 0, squares = 0;
        int pairs = 0;
        for (int row = seasonality; row < values.Length / targets; row++)
        {
            double change = Math.Abs(values[row * targets + target] - values[(row - seasonality) * targets + target]);
            if (!double.IsFinite(change))
                continue;
            sum += change;
            squares += change * change;
            pairs++;
        }

        (scales[0], scales[1]) = pairs == 0 ? (double.NaN, double.NaN) : (sum / pairs, squares / pairs);
    }

    private static Func<IReadOnlyList<SeriesScores>> Scores(Dictionary<string, ErrorSums> series) =>
        () => [.. series.Select(one => new SeriesScores(one.Key, one.Value.Count, one.Value.Score(Range.All, Range.All)))];

    private ErrorSums SumsOf(string series)
    {
        // Metrics that were computed keep the sums as they are.
        if (_isShared)
        {
            Dictionary<string, ErrorSums> shared = _bySeries;
            (_bySeries, _isShared) = (new Dictionary<string, ErrorSums>(StringComparer.Ordinal), false);
            foreach ((string key, ErrorSums sums) in shared)
                SumsOf(key).Add(sums);
        }

        if (!_bySeries.TryGetValue(series, out ErrorSums? own))
            _bySeries.Add(series, own = new ErrorSums(_options, perStep: false, levels: _options.Levels.Count > 0));
        return own;
    }

    private string Shape => _options.Levels.Count == 0 ? "horizon × targets" : "horizon × levels × targets";

    private ReadOnlySpan<double> Point(ReadOnlySpan<double> forecast)
    {
        if (_options.Levels.Count == 0)
            return forecast;
        int targets = _options.Targets.Count;
        for (int step = 0; step < _options.Horizon; step++)
            forecast.Slice((step * _options.Levels.Count + _middle) * targets, targets).CopyTo(_point.AsSpan(step * targets));
        return _point;
    }

    private ForecastingMetrics? Baseline(ErrorSums sums) =>
        sums.Count == 0 ? null : new ForecastingMetrics(_options, sums, _model.Count - sums.Count);

    private static ReadOnlySpan<double> Wide(ReadOnlySpan<float> values, double[] wide)
    {
        for (int i = 0; i < values.Length; i++)
            wide[i] = values[i];
        return wide.AsSpan(0, values.Length);
    }

    private void RequireRows(int history)
    {
        int targets = _options.Targets.Count;
        if (history % targets != 0)
            throw new ArgumentException($"Must hold whole rows of {targets} targets, but holds {history} values.", nameof(history));
    }

    private static void RequireLength(int found, int expected, string shape, string name)
    {
        if (found != expected)
            throw new ArgumentException($"Must hold {shape} = {expected} values, but holds {found}.", name);
    }
}
