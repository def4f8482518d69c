namespace MLNet.Sequence.Metrics;

/// <summary>
/// The sums of one forecast's errors, one cell per step and target, in double precision: they give every mean over a rectangle of steps and targets.
/// </summary>
internal sealed class ErrorSums
{
    private readonly int _targets, _cells;
    private readonly IReadOnlyList<double> _deviations;

    // Step h, target k at h * targets + k; without steps only the target.
    private readonly CellSums _absolute, _squared, _symmetric, _scaled, _squaredScaled, _percentage, _actual;
    private readonly QuantileSums? _quantiles;

    /// <param name="options">Targets, horizon and levels.</param>
    /// <param name="perStep">False: the steps of a target share a cell, as for the scores of a series.</param>
    /// <param name="levels">Whether quantiles are added.</param>
    public ErrorSums(ForecastingEvaluatorOptions options, bool perStep = true, bool levels = false)
    {
        _targets = options.Targets.Count;
        _deviations = options.StandardDeviations;
        _cells = perStep ? checked(options.Horizon * _targets) : _targets;
        (_absolute, _squared, _symmetric, _scaled) = (new CellSums(_cells), new CellSums(_cells), new CellSums(_cells), new CellSums(_cells));
        (_squaredScaled, _percentage, _actual) = (new CellSums(_cells), new CellSums(_cells), new CellSums(_cells));
        _quantiles = levels ? new QuantileSums(options.Levels, _targets, _cells) : null;
    }

    /// <summary>The windows added.</summary>
    public long Count { get; private set; }

    /// <summary>The actual values that are 0, which have no percentage.</summary>
    public long Zeros => _absolute.Terms(All) - _percentage.Terms(All);

    /// <summary>The values that have no scale, because their series is constant in sample or has no season there.</summary>
    public long Unscaled => _absolute.Terms(All) - _scaled.Terms(All);

    /// <summary>All values.</summary>
    public long Values => _absolute.Terms(All);

    private IEnumerable<int> All => Enumerable.Range(0, _cells);

    /// <param name="forecast">[horizon × targets].</param>
    /// <param name="window">Actual values, scales and, if levels are added, quantiles.</param>
    public void Add(ReadOnlySpan<double> forecast, in EvaluatedWindow window)
    {
        Count++;
        ReadOnlySpan<double> actual = window.Actual;
        for (int target = 0; target < _targets; target++)
        {
            double inverse = Inverse(window.Scale, target), inverseSquare = Inverse(window.SquaredScale, target);
            for (int at = target; at < actual.Length; at += _targets)
            {
                double f = forecast[at], a = actual[at], error = Math.Abs(f - a);
                int cell = at % _cells;
                _absolute.Add(cell, error);
                _squared.Add(cell, error * error);
                _symmetric.Add(cell, error > 0 ? 200 * error / (Math.Abs(a) + Math.Abs(f)) : 0);
                _actual.Add(cell, Math.Abs(a));
                if (a != 0)
                    _percentage.Add(cell, 100 * error / Math.Abs(a));
                if (inverse > 0)
                    _scaled.Add(cell, error * inverse);
                if (inverseSquare > 0)
                    _squaredScaled.Add(cell, error * error * inverseSquare);
            }
        }

        _quantiles?.Add(window.Forecast, actual);
    }

    /// <summary>Adds the sums of other windows.</summary>
    public void Add(ErrorSums other)
    {
        Count += other.Count;
        foreach ((CellSums own, CellSums one) in Measures().Zip(other.Measures()))
            own.Add(one);
    }

    private IEnumerable<CellSums> Measures() =>
        [_absolute, _squared, _symmetric, _scaled, _squaredScaled, _percentage, _actual, .. _quantiles?.Measures() ?? []];

    /// <param name="steps">Of the horizon; of sums without steps all.</param>
    /// <param name="targets">The targets.</param>
    public ForecastingScores Score(Range steps, Range targets)
    {
        var (firstStep, stepCount) = steps.GetOffsetAndLength(_cells / _targets);
        var (firstTarget, targetCount) = targets.GetOffsetAndLength(_targets);
        int[] cells = [.. from step in Enumerable.Range(firstStep, stepCount)
            from target in Enumerable.Range(firstTarget, targetCount)
            select step * _targets + target];
        double Deviation(int cell) => _deviations.Count > 0 && IsScale(_deviations[cell % _targets]) ? _deviations[cell % _targets] : double.NaN;
        double actual = _actual.Sum(cells);
        return new ForecastingScores
        {
            MeanAbsoluteError = _absolute.Mean(cells),
            MeanSquaredError = _squared.Mean(cells),
            MeanAbsolutePercentageError = _percentage.Mean(cells),
            WeightedAbsolutePercentageError = actual > 0 ? 100 * _absolute.Sum(cells) / actual : double.NaN,
            SymmetricMeanAbsolutePercentageError = _symmetric.Mean(cells),
            MeanAbsoluteScaledError = _scaled.Mean(cells),
            RootMeanSquaredScaledError = Math.Sqrt(_squaredScaled.Mean(cells)),
            StandardizedMeanSquaredError = _squared.Mean(cells, cell => 1 / (Deviation(cell) * Deviation(cell))),
            StandardizedMeanAbsoluteError = _absolute.Mean(cells, cell => 1 / Deviation(cell)),
            Quantiles = _quantiles?.Score(cells, actual),
        };
    }

    private static double Inverse(ReadOnlySpan<double> scales, int target) => !scales.IsEmpty && IsScale(scales[target]) ? 1 / scales[target] : 0;

    private static bool IsScale(double value) => value > 0 && double.IsFinite(value);
}
