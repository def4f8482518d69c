using MLNet.Sequence.Data;

namespace MLNet.Sequence.Training;

/// <summary>
/// The mean absolute change over a season of each series and target in training rows, which is the unit of errors of
/// <see cref="RegressionLoss.AbsoluteScaled"/>.
/// </summary>
internal sealed class SeasonalUnits
{
    // A mean change below this fraction of a series' deviation is what rounding to Single leaves of a series that repeats itself.
    private const double Rounding = 1e-6;

    private readonly Dictionary<string, double[]> _changes = new(StringComparer.Ordinal);

    // For a series without a unit: the mean of the others, in deviations.
    private readonly double[] _others;

    /// <param name="set">The series.</param>
    /// <param name="steps">The number of training rows of a series.</param>
    /// <param name="scaling">Their scaling.</param>
    /// <param name="season">The rows in a season.</param>
    /// <param name="targets">The number of targets.</param>
    public SeasonalUnits(SeriesSet set, Func<Series, long> steps, SeriesScaling scaling, int season, int targets)
    {
        var without = new List<string?>();
        double[] sums = new double[targets], counts = new double[targets];
        foreach (Series series in set.Series)
        {
            double[] changes = Changes(series, steps(series), season, targets);
            _changes.Add(series.Key ?? "", changes);
            for (int target = 0; target < targets; target++)
            {
                if (!(changes[target] > 0))
                    continue;
                sums[target] += changes[target] / scaling[series.Key].Deviation[target];
                counts[target]++;
            }

            if (!changes.All(change => change > 0))
                without.Add(series.Key);
        }

        _others = [.. sums.Zip(counts, (sum, count) => count > 0 ? sum / count : 1)];
        Without = without;
    }

    /// <summary>The series that have no change over a season in a target, or only what rounding leaves.</summary>
    public IReadOnlyList<string?> Without { get; }

    /// <summary>The unit of each target, in standardised numbers.</summary>
    /// <param name="key">The series.</param>
    /// <param name="scaling">The scaling of the window.</param>
    public float[] Of(string? key, ChannelScaling scaling)
    {
        double[]? changes = _changes.GetValueOrDefault(key ?? "");
        return [.. _others.Select((other, target) => (float)(changes?[target] > 0 ? changes[target] / scaling.Deviation[target] : other))];
    }

    private static double[] Changes(Series series, long steps, int season, int targets)
    {
        var values = new double[steps * targets];
        for (long step = 0; step < steps; step++)
            series.Rows.CopyTo(step, values.AsSpan((int)step * targets, targets));
        var changes = new double[targets];
        ForecastingEvaluator.SeasonalScale(values, season, changes);
        var moments = new ChannelMoments(targets);
        moments.Add(values);
        for (int target = 0; target < targets; target++)
        {
            if (changes[target] <= Math.Max(Rounding * moments.Deviation(target), Spacing(values, target, targets) / 2))
                changes[target] = 0;
        }

        return changes;
    }

    // The distance between neighbouring numbers at the largest value of a target, in the type that its column had.
    private static double Spacing(double[] values, int target, int targets)
    {
        (double largest, bool areSingle) = (0, true);
        for (int place = target; place < values.Length; place += targets)
        {
            if (!double.IsFinite(values[place]))
                continue;
            largest = Math.Max(largest, Math.Abs(values[place]));
            areSingle &= (float)values[place] == values[place];
        }

        return areSingle ? MathF.BitIncrement((float)largest) - largest : Math.BitIncrement(largest) - largest;
    }
}
