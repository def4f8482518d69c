namespace MLNet.Sequence.Metrics;

/// <summary>
/// The sums of one forecast's errors, one cell per step and target, in double precision: they give every mean over a rectangle of steps and targets.
/// </summary>
internal sealed class ErrorSums
{
    private const int Measured = 7;

    private readonly int _targets, _cells;
    private readonly IReadOnlyList<double> _deviations;

    // Step h, target k at h * targets + k; without steps only the target.
    private readonly (double[] Sums, int[] Terms) _memory;
    private readonly QuantileSums? _quantiles;

    /// <param name="options">Targets, horizon and levels.</param>
    /// <param name="perStep">False: the steps of a target share a cell, as for the scores of a series.</param>
    /// <param name="levels">Whether quantiles are added.</param>
    public ErrorSums(ForecastingEvaluatorOptions options, bool perStep = true, bool levels = false)
    {
        _targets = options.Targets.Count;
        _deviations = options.StandardDeviations;
        _cells = perStep ? checked(options.Horizon * _targets) : _targets;
        _memory = (new double[checked(Measured * _cells)], new int[Measured * _cells]);
        _quantiles = levels ? new QuantileSums(options.Levels, _targets, _cells) : null;
    }

    /// <summary>The windows added.</summary>
    public long Count { get; private set; }

    /// <summary>The actual values that are 0, which have no percentage.</summary>
    public long Zeros => Absolute.Terms(Cells) - Percentage.Terms(Cells);

    /// <summary>The values that have no scale, because their series is constant in sample or has no season there.</summary>
    public long Unscaled => Absolute.Terms(Cells) - Scaled.Terms(Cells);

    /// <summary>All values.</summary>
    public long Values => Absolute.Terms(Cells);

    private CellSums Absolute => Measure(0);

    private CellSums Squared => Measure(1);

    private CellSums Symmetric => Measure(2);

    private CellSums Scaled => Measure(3);

    private CellSums SquaredScaled => Measure(4);

    private CellSums Percentage => Measure(5);

    private CellSums Actual => Measure(6);

    private IEnumerable<int> Cells => Enumerable.Range(0, _cells);

    /// <param name="forecast">[horizon × targets].</param>
    /// <param name="window">Actual values, scales and, if levels are added, quantiles.</param>
    public void Add(ReadOnlySpan<double> forecast, in EvaluatedWindow window)
    {
        Count++;
        ReadOnlySpan<double> actual = window.Actual;
        // In a backtest of many series this is as much work as the network: the memory of the measures is looked up once.
        Sums absolute = Absolute.All, squared = Squared.All, symmetric = Symmetric.All, sizes = Actual.All, percentage = Percentage.All;
        Sums scaled = Scaled.All, squaredScaled = SquaredScaled.All;
        bool perStep = _cells > _targets;
        for (int target = 0; target < _targets; target++)
        {
            double inverse = Inverse(window.Scale, target), inverseSquare = Inverse(window.SquaredScale, target);
            for (int at = target; at < actual.Length; at += _targets)
            {
                double f = forecast[at], a = actual[at], size = Math.Abs(a), error = Math.Abs(f - a);
                int cell = perStep ? at : target;
                absolute.Add(cell, error);
                squared.Add(cell, error * error);
                symmetric.Add(cell, error > 0 ? 200 * error / (size + Math.Abs(f)) : 0);
                sizes.Add(cell, size);
                if (a != 0)
                    percentage.Add(cell, 100 * error / size);
                if (inverse > 0)
                    scaled.Add(cell, error * inverse);
                if (inverseSquare > 0)
                    squaredScaled.Add(cell, error * error * inverseSquare);
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
        [Absolute, Squared, Symmetric, Scaled, SquaredScaled, Percentage, Actual, .. _quantiles?.Measures() ?? []];

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
        double actual = Actual.Sum(cells);
        return new ForecastingScores
        {
            MeanAbsoluteError = Absolute.Mean(cells),
            MeanSquaredError = Squared.Mean(cells),
            MeanAbsolutePercentageError = Percentage.Mean(cells),
            WeightedAbsolutePercentageError = actual > 0 ? 100 * Absolute.Sum(cells) / actual : double.NaN,
            SymmetricMeanAbsolutePercentageError = Symmetric.Mean(cells),
            MeanAbsoluteScaledError = Scaled.Mean(cells),
            RootMeanSquaredScaledError = Math.Sqrt(SquaredScaled.Mean(cells)),
            StandardizedMeanSquaredError = Squared.Mean(cells, cell => 1 / (Deviation(cell) * Deviation(cell))),
            StandardizedMeanAbsoluteError = Absolute.Mean(cells, cell => 1 / Deviation(cell)),
            Quantiles = _quantiles?.Score(cells, actual),
        };
    }

    private CellSums Measure(int place) => new(_memory, place * _cells, _cells);

    private static double Inverse(ReadOnlySpan<double> scales, int target) => !scales.IsEmpty && IsScale(scales[target]) ? 1 / scales[target] : 0;

    private static bool IsScale(double value) => value > 0 && double.IsFinite(value);
}
