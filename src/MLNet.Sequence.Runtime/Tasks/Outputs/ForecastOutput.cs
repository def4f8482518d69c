using System.Globalization;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence;

/// <summary>The output of a forecaster for each step ahead: a number, or quantiles of the value.</summary>
public sealed record ForecastOutput
{
    private ForecastOutput(double[] levels) => Levels = ValueList.Of(levels);

    /// <summary>One number. The default of trainers.</summary>
    public static ForecastOutput Point { get; } = new([]);

    /// <summary>The levels of its quantiles, ascending, each in (0, 1); empty: a number.</summary>
    public IReadOnlyList<double> Levels { get; }

    /// <summary>
    /// Quantiles, trained by the pinball loss (Koenker and Bassett, "Regression quantiles", 1978): the value stays below the quantile of
    /// level τ with probability τ. They never cross: if the network gives the quantiles of a step in another order, they are sorted, which
    /// makes none of them worse (Chernozhukov, Fernández-Val and Galichon, "Quantile and probability curves without crossing", 2010). Where
    /// one number is needed, as in metrics and comparisons, it is the quantile whose level is nearest to ½.
    /// </summary>
    /// <param name="levels">At least one, each in (0, 1), ascending: 0.1, 0.5, 0.9.</param>
    public static ForecastOutput Quantiles(params double[] levels)
    {
        ArgumentNullException.ThrowIfNull(levels);
        return new ForecastOutput(levels);
    }

    /// <summary>Whether it is one number.</summary>
    internal bool IsPoint => Levels.Count == 0;

    /// <summary>The values for a target at a step, by the suffix of their slot names.</summary>
    internal IReadOnlyList<string> Values => IsPoint ? [""] : [.. Levels.Select(level => string.Create(CultureInfo.InvariantCulture, $" q{level}"))];

    /// <summary>The index of the value used where one number is needed.</summary>
    internal int Middle => IsPoint ? 0 : Enumerable.Range(0, Levels.Count).MinBy(level => Math.Abs(Levels[level] - 0.5));

    /// <summary>The column of forecasts.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="targets">The names of the targets.</param>
    /// <param name="horizon">Steps ahead.</param>
    internal TaskOutput Column(string name, IReadOnlyList<string> targets, int horizon)
    {
        string said = IsPoint ? "" : string.Create(CultureInfo.InvariantCulture, $"; quantiles of the levels {string.Join(", ", Levels)}");
        return new TaskOutput(
            name,
            Decoding(targets.Count, Values.Count),
            $"{string.Join(", ", targets)}{said}; in the data's units; the first step first")
        {
            Shape = IsPoint ? [horizon, targets.Count] : [horizon, Levels.Count, targets.Count],
        };
    }

    /// <summary>How forecasts with this number of values for each target are decoded from the network's output.</summary>
    internal static NumberDecoding Decoding(int targets, int values) => new(targets) { Levels = values };

    /// <summary>The loss of forecasts with this number of targets.</summary>
    internal TaskLoss Loss(int targets) => IsPoint ? TaskLoss.Squares : TaskLoss.Pinball([.. Levels], targets);

    /// <summary>The problems of this output, one sentence each; empty if there are none.</summary>
    internal IEnumerable<string> Problems()
    {
        string found = string.Join(", ", Levels.Select(level => FormattableString.Invariant($"{level}")));
        if (Levels.Any(level => !(level > 0 && level < 1)) || Levels.Zip(Levels.Skip(1)).Any(pair => !(pair.First < pair.Second)))
            yield return $"The levels of quantiles must ascend, each above 0 and below 1; found {found}.";
    }

    /// <summary>Sorts the quantiles of each value: [steps, levels, targets].</summary>
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
