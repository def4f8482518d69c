namespace MLNet.Sequence.Tasks;

/// <summary>What a forecaster says of each step ahead: a number, or quantiles of what may come.</summary>
public sealed record ForecastOutput
{
    private ForecastOutput(double[] levels) => Levels = ValueList.Of(levels);

    /// <summary>One number. The default of trainers.</summary>
    public static ForecastOutput Point { get; } = new([]);

    /// <summary>The levels of its quantiles, ascending, each in (0, 1); empty: a number.</summary>
    public IReadOnlyList<double> Levels { get; }

    /// <summary>
    /// Quantiles, trained by the pinball loss (Koenker and Bassett, "Regression quantiles", 1978): of level τ what stays below with probability
    /// τ. They never cross: those of a step are put in order where the network gives them otherwise, which makes none of them worse
    /// (Chernozhukov, Fernández-Val and Galichon, "Quantile and probability curves without crossing", 2010). Where one number is asked for,
    /// as in metrics and comparisons, it is the quantile whose level is nearest to ½.
    /// </summary>
    /// <param name="levels">At least one, each in (0, 1), ascending: 0.1, 0.5, 0.9.</param>
    public static ForecastOutput Quantiles(params double[] levels)
    {
        ArgumentNullException.ThrowIfNull(levels);
        return new ForecastOutput(levels);
    }

    /// <summary>What is wrong with it, one sentence each; empty when nothing is.</summary>
    internal static IEnumerable<string> Problems(IReadOnlyList<double> levels)
    {
        string found = string.Join(", ", levels.Select(level => FormattableString.Invariant($"{level}")));
        if (levels.Any(level => !(level > 0 && level < 1)) || levels.Zip(levels.Skip(1)).Any(pair => !(pair.First < pair.Second)))
            yield return $"The levels of quantiles must ascend, each above 0 and below 1; found {found}.";
    }

    /// <summary>Puts the quantiles of each value in order: [steps, levels, targets].</summary>
    internal static void Sort<T>(Span<T> values, int levels, int targets)
        where T : IComparable<T>
    {
        for (int step = 0; step < values.Length; step += levels * targets)
        {
            for (int i = 1; i < levels; i++)
            {
                for (int j = i; j > 0; j--)
                {
                    for (int target = 0; target < targets; target++)
                    {
                        ref T low = ref values[step + (j - 1) * targets + target], high = ref values[step + j * targets + target];
                        if (low.CompareTo(high) > 0)
                            (low, high) = (high, low);
                    }
                }
            }
        }
    }
}
