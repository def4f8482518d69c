namespace MLNet.Sequence.Anomalies;

/// <summary>
/// Split conformal p-values (Vovk, Gammerman and Shafer, "Algorithmic Learning in a Random World", 2005; Laxhammar and Falkman 2014 for anomalies):
/// p = (1 + the number of calibration scores that are at least as large) / (n + 1). For exchangeable scores P(p ≤ α) ≤ α, whatever their distribution.
/// </summary>
internal sealed class ConformalScores
{
    private readonly double[] _ascending;

    /// <param name="scores">Scores of calibration rows, 0 or above; without NaN.</param>
    public ConformalScores(IEnumerable<double> scores) => _ascending = [.. scores.Order()];

    /// <summary>All scores, ascending.</summary>
    public IReadOnlyList<double> Ascending => _ascending;

    /// <summary>The fewest scores with which a p-value can be as low as 1 − confidence.</summary>
    public static int Least(double confidence) => (int)Math.Ceiling(1 / (1 - confidence) - 1e-9) - 1;

    /// <summary>The p-value of a score; NaN for NaN.</summary>
    public double PValue(double score)
    {
        if (double.IsNaN(score))
            return double.NaN;
        // The first place with a score that is not below this one.
        int low = 0, high = _ascending.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = _ascending[middle] < score ? (middle + 1, high) : (low, middle);
        }

        return (1.0 + _ascending.Length - low) / (_ascending.Length + 1.0);
    }
}
