using System.Globalization;

namespace MLNet.Sequence;

/// <summary>How well the windows of one series were forecast.</summary>
/// <param name="Series">Which series: its value in the series column of the data.</param>
/// <param name="Count">The number of its windows; at least 1.</param>
/// <param name="Scores">Over its windows, steps and targets.</param>
public sealed record SeriesScores(string Series, long Count, ForecastingScores Scores);

/// <summary>How a measure is distributed over series.</summary>
/// <param name="Count">The number of series for which it is defined.</param>
/// <param name="Undefined">The number of series for which it is not, such as MASE of a series that is constant in sample.</param>
public sealed record SeriesDistribution(int Count, int Undefined)
{
    /// <summary>The mean over series: each counts the same, however many windows it has.</summary>
    public double Mean { get; private init; }

    /// <summary>Minimum, lower quartile, median, upper quartile and maximum.</summary>
    public IReadOnlyList<double> Quartiles { get; private init => field = ValueList.Of(value); } = ValueList.Create<double>();

    /// <summary>The value that half of the series do not exceed.</summary>
    public double Median => Quartiles[2];

    internal static SeriesDistribution Of(IEnumerable<double> values)
    {
        double[] all = [.. values], defined = [.. all.Where(value => !double.IsNaN(value)).Order()];
        double At(double part)
        {
            double place = part * (defined.Length - 1);
            int below = (int)place;
            return defined.Length == 0 ? double.NaN : defined[below] + (place - below) * (defined[Math.Min(below + 1, defined.Length - 1)] - defined[below]);
        }

        return new SeriesDistribution(defined.Length, all.Length - defined.Length)
        {
            Mean = defined.Length == 0 ? double.NaN : defined.Average(),
            Quartiles = [At(0), At(0.25), At(0.5), At(0.75), At(1)],
        };
    }

    /// <summary>Such as "mean 0.92, median 0.85, quartiles 0.71 to 1.03, range 0.4 to 3.1 (414 series)", in the invariant culture.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"mean {Mean:G4}, median {Median:G4}, quartiles {Quartiles[1]:G4} to {Quartiles[3]:G4}, range {Quartiles[0]:G4} to {Quartiles[4]:G4} ({Count} series)");
}
