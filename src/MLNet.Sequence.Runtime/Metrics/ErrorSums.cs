namespace MLNet.Sequence.Metrics;

/// <summary>
/// The sums of one forecast's errors, one cell per step and target, in double precision: they give every mean over a rectangle of steps and targets.
/// </summary>
internal sealed class ErrorSums
{
    private readonly int _horizon;
    private readonly int _targets;
    private readonly IReadOnlyList<double> _deviations;

    // [horizon × targets]: step h, target k at h * targets + k.
    private readonly double[] _absolute;
    private readonly double[] _squared;
    private readonly double[] _symmetric;
    private readonly double[] _scaled;

    // [targets]: a window's scale is the same for all its steps, so its terms are counted once per target.
    private readonly long[] _scaledCount;

    public ErrorSums(ForecastingEvaluatorOptions options)
    {
        _horizon = options.Horizon;
        _targets = options.Targets.Count;
        _deviations = options.StandardDeviations;
        int cells = checked(_horizon * _targets);
        _absolute = new double[cells];
        _squared = new double[cells];
        _symmetric = new double[cells];
        _scaled = new double[cells];
        _scaledCount = new long[_targets];
    }

    /// <summary>The windows added.</summary>
    public long Count { get; private set; }

    public void Add(ReadOnlySpan<double> forecast, ReadOnlySpan<double> actual, ReadOnlySpan<double> scale)
    {
        Count++;
        for (int target = 0; target < _targets; target++)
        {
            bool scaled = IsScale(scale[target]);
            if (scaled)
                _scaledCount[target]++;
            double inverse = scaled ? 1 / scale[target] : 0;

            for (int cell = target; cell < _absolute.Length; cell += _targets)
            {
                double f = forecast[cell], a = actual[cell];
                double error = Math.Abs(f - a);
                _absolute[cell] += error;
                _squared[cell] += error * error;
                if (error > 0)
                    _symmetric[cell] += 200 * error / (Math.Abs(a) + Math.Abs(f));
                _scaled[cell] += error * inverse;
            }
        }
    }

    public ForecastingScores Score(Range steps, Range targets)
    {
        Mean absolute = default, squared = default, symmetric = default, scaled = default;
        Mean standardSquared = default, standardAbsolute = default;
        var (firstStep, stepCount) = steps.GetOffsetAndLength(_horizon);
        var (firstTarget, targetCount) = targets.GetOffsetAndLength(_targets);

        for (int step = firstStep; step < firstStep + stepCount; step++)
        {
            for (int target = firstTarget; target < firstTarget + targetCount; target++)
            {
                int cell = step * _targets + target;
                absolute.Add(_absolute[cell], Count);
                squared.Add(_squared[cell], Count);
                symmetric.Add(_symmetric[cell], Count);
                scaled.Add(_scaled[cell], _scaledCount[target]);
                if (_deviations.Count == 0 || !IsScale(_deviations[target]))
                    continue;
                double deviation = _deviations[target];
                standardSquared.Add(_squared[cell] / (deviation * deviation), Count);
                standardAbsolute.Add(_absolute[cell] / deviation, Count);
            }
        }

        return new ForecastingScores
        {
            MeanAbsoluteError = absolute.Value,
            MeanSquaredError = squared.Value,
            SymmetricMeanAbsolutePercentageError = symmetric.Value,
            MeanAbsoluteScaledError = scaled.Value,
            StandardizedMeanSquaredError = standardSquared.Value,
            StandardizedMeanAbsoluteError = standardAbsolute.Value,
        };
    }

    private static bool IsScale(double value) => value > 0 && double.IsFinite(value);

    private struct Mean
    {
        private double _sum;
        private long _terms;

        public readonly double Value => _terms == 0 ? double.NaN : _sum / _terms;

        public void Add(double sum, long terms)
        {
            _sum += sum;
            _terms += terms;
        }
    }
}
