using System.Globalization;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence;

/// <summary>The output of a forecaster for each step ahead: a number, quantiles of the value, or a distribution.</summary>
public sealed record ForecastOutput
{
    /// <summary>The usual number of components of a mixture.</summary>
    internal const int UsualComponents = 3;

    private const int MostComponents = 50;

    private static readonly string[] PartsOfComponent = ["weight", "mean", "deviation"];

    private ForecastOutput(double[] levels) => Levels = ValueList.Of(levels);

    /// <summary>One number. The default of trainers.</summary>
    public static ForecastOutput Point { get; } = new([]);

    /// <summary>
    /// A normal distribution, trained by its likelihood: parameters mean and deviation (<see cref="ForecastDistribution"/>). Distributions need
    /// <see cref="WindowNormalization.None"/>, which is then the default.
    /// </summary>
    public static ForecastOutput Gaussian { get; } = new([]) { Distribution = ForecastDistributionKind.Gaussian };

    /// <summary>Student's t distribution, for errors with outliers: parameters location, scale and degrees of freedom.</summary>
    public static ForecastOutput StudentT { get; } = new([]) { Distribution = ForecastDistributionKind.StudentT };

    /// <summary>A Poisson distribution, for counts whose variance is their mean. Targets must not be negative.</summary>
    public static ForecastOutput Poisson { get; } = new([]) { Distribution = ForecastDistributionKind.Poisson };

    /// <summary>A negative binomial distribution, for counts that vary more: parameters mean and shape. Targets must not be negative.</summary>
    public static ForecastOutput NegativeBinomial { get; } = new([]) { Distribution = ForecastDistributionKind.NegativeBinomial };

    /// <summary>
    /// A mixture of normal distributions, for values with several peaks, such as a machine that is on or off: parameters mean, then weight, mean and
    /// deviation of each component (Bishop, "Mixture density networks", 1994).
    /// </summary>
    /// <param name="components">The number of components, from 2 to 50. Default 3.</param>
    public static ForecastOutput MixtureOfGaussians(int components = UsualComponents) => Of(ForecastDistributionKind.MixtureOfGaussians, components);

    /// <summary>The number of components of a mixture; null: it is none.</summary>
    public int? Components { get; private init; }

    /// <summary>The family of the distribution; null: it is none.</summary>
    public ForecastDistributionKind? Distribution { get; private init; }

    /// <summary>The levels of its quantiles, ascending, each in (0, 1); empty: it has none.</summary>
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
    internal bool IsPoint => Levels.Count == 0 && Distribution is null;

    /// <summary>The values for a target at a step, by the suffix of their slot names.</summary>
    internal IReadOnlyList<string> Values => Distribution switch
    {
        ForecastDistributionKind.Gaussian => [" mean", " deviation"],
        ForecastDistributionKind.StudentT => [" location", " scale", " degrees"],
        ForecastDistributionKind.Poisson => [" mean"],
        ForecastDistributionKind.NegativeBinomial => [" mean", " shape"],
        ForecastDistributionKind.MixtureOfGaussians => [" mean", .. Enumerable.Range(1, Components ?? UsualComponents).SelectMany(OfComponent)],
        _ => QuantileNames,
    };

    private IReadOnlyList<string> QuantileNames => IsPoint ? [""] : [.. Levels.Select(level => string.Create(CultureInfo.InvariantCulture, $" q{level}"))];

    private static IEnumerable<string> OfComponent(int number) =>
        PartsOfComponent.Select(name => string.Create(CultureInfo.InvariantCulture, $" {name}{number}"));

    /// <summary>The index of the value used where one number is needed.</summary>
    internal int Middle => Levels.Count == 0 ? 0 : Enumerable.Range(0, Levels.Count).MinBy(level => Math.Abs(Levels[level] - 0.5));

    /// <summary>The column of forecasts.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="targets">The names of the targets.</param>
    /// <param name="horizon">Steps ahead.</param>
    internal TaskOutput Column(string name, IReadOnlyList<string> targets, int horizon)
    {
        string said = Distribution is { } kind ? $"; parameters of a {kind} distribution:{string.Join(",", Values)}"
            : IsPoint ? "" : string.Create(CultureInfo.InvariantCulture, $"; quantiles of the levels {string.Join(", ", Levels)}");
        return new TaskOutput(
            name,
            Distribution is null ? Decoding(targets.Count, Values.Count) : Parameters(targets.Count),
            $"{string.Join(", ", targets)}{said}; in the data's units; the first step first")
        {
            Shape = IsPoint ? [horizon, targets.Count] : [horizon, Values.Count, targets.Count],
        };
    }

    /// <summary>How forecasts with this number of values for each target are decoded from the network's output.</summary>
    internal static NumberDecoding Decoding(int targets, int values) => new(targets) { Levels = values };

    /// <summary>The loss of forecasts with this number of targets.</summary>
    internal TaskLoss Loss(int targets) => Distribution switch
    {
        not null when Parameters(targets) is { IsOfCounts: false } decoding => TaskLoss.Likelihood(decoding),
        // Of the mean: its likelihood is not one of standardised numbers.
        not null => TaskLoss.SquaresOf(0, Values.Count, targets),
        null => IsPoint ? TaskLoss.Squares : TaskLoss.Pinball([.. Levels], targets),
    };

    /// <summary>The output that is a distribution.</summary>
    /// <param name="kind">Its family.</param>
    /// <param name="components">The number of components of a mixture; null: the usual one.</param>
    internal static ForecastOutput Of(ForecastDistributionKind kind, int? components = null) => new([])
    {
        Distribution = kind,
        Components = kind == ForecastDistributionKind.MixtureOfGaussians ? components ?? UsualComponents : null,
    };

    /// <summary>How the parameters of the distribution are decoded from the network's output.</summary>
    internal DistributionDecoding Parameters(int targets) => new(Distribution!.Value, targets) { Components = Components ?? UsualComponents };

    /// <summary>The problems of this output, one sentence each; empty if there are none.</summary>
    internal IEnumerable<string> Problems()
    {
        string found = string.Join(", ", Levels.Select(level => FormattableString.Invariant($"{level}")));
        if (Levels.Any(level => !(level > 0 && level < 1)) || Levels.Zip(Levels.Skip(1)).Any(pair => !(pair.First < pair.Second)))
            yield return $"The levels of quantiles must ascend, each above 0 and below 1; found {found}.";
        if (Components is < 2 or > MostComponents)
            yield return $"A mixture of normal distributions must have 2 to {MostComponents} components; found {Components}. One is ForecastOutput.Gaussian.";
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
