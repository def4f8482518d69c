namespace MLNet.Sequence.Metrics;

/// <summary>The sums of the losses of quantiles, and of the intervals between those whose levels are symmetric around ½.</summary>
internal sealed class QuantileSums
{
    private const double SameLevel = 1e-9;

    private readonly IReadOnlyList<double> _levels;
    private readonly int _targets, _cells;
    private readonly CellSums[] _pinball, _below;
    private readonly (int Low, int High, CellSums Inside, CellSums Width, CellSums Winkler)[] _intervals;

    public QuantileSums(IReadOnlyList<double> levels, int targets, int cells)
    {
        (_levels, _targets, _cells) = (levels, targets, cells);
        _pinball = [.. levels.Select(_ => new CellSums(cells))];
        _below = [.. levels.Select(_ => new CellSums(cells))];
        _intervals = [.. from low in Enumerable.Range(0, levels.Count)
            from high in Enumerable.Range(low + 1, levels.Count - low - 1)
            where Math.Abs(levels[low] + levels[high] - 1) < SameLevel
            orderby levels[high] - levels[low]
            select (low, high, new CellSums(cells), new CellSums(cells), new CellSums(cells))];
    }

    /// <param name="quantiles">[horizon × levels × targets].</param>
    /// <param name="actual">[horizon × targets].</param>
    public void Add(ReadOnlySpan<double> quantiles, ReadOnlySpan<double> actual)
    {
        for (int at = 0; at < actual.Length; at++)
        {
            ReadOnlySpan<double> own = quantiles[(at / _targets * _levels.Count * _targets + at % _targets)..];
            (int cell, double value) = (at % _cells, actual[at]);
            for (int level = 0; level < _levels.Count; level++)
            {
                double above = value - own[level * _targets];
                _pinball[level].Add(cell, Math.Max(_levels[level] * above, (_levels[level] - 1) * above));
                _below[level].Add(cell, above <= 0 ? 1 : 0);
            }

            foreach ((int low, int high, CellSums inside, CellSums width, CellSums winkler) in _intervals)
            {
                double from = own[low * _targets], to = own[high * _targets], outside = Math.Max(0, Math.Max(from - value, value - to));
                inside.Add(cell, outside == 0 ? 1 : 0);
                width.Add(cell, to - from);
                winkler.Add(cell, to - from + outside / _levels[low]);
            }
        }
    }

    /// <summary>All sums, always in the same order.</summary>
    public IEnumerable<CellSums> Measures() => [.. _pinball, .. _below, .. _intervals.SelectMany(one => new[] { one.Inside, one.Width, one.Winkler })];

    /// <param name="cells">The cells.</param>
    /// <param name="actual">The sum of the absolute actual values.</param>
    public QuantileScores Score(int[] cells, double actual)
    {
        double[] losses = [.. _pinball.Select(sums => sums.Mean(cells))];
        return new QuantileScores
        {
            Levels = _levels,
            PinballLosses = losses,
            Coverages = [.. _below.Select(sums => sums.Mean(cells))],
            WeightedQuantileLoss = actual > 0 ? _pinball.Average(sums => 2 * sums.Sum(cells) / actual) : double.NaN,
            ContinuousRankedProbabilityScore = losses.Select((loss, level) => 2 * loss * Share(level)).Sum(),
            Intervals = [.. _intervals.Select(one => new IntervalScores(_levels[one.High] - _levels[one.Low])
            {
                Coverage = one.Inside.Mean(cells),
                Width = one.Width.Mean(cells),
                WinklerScore = one.Winkler.Mean(cells),
            })],
        };
    }

    // The part of (0, 1) that is nearest to a level.
    private double Share(int level)
    {
        double low = level == 0 ? 0 : (_levels[level - 1] + _levels[level]) / 2;
        double high = level == _levels.Count - 1 ? 1 : (_levels[level] + _levels[level + 1]) / 2;
        return high - low;
    }
}
