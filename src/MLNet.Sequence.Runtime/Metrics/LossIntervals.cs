namespace MLNet.Sequence.Metrics;

/// <summary>
/// Intervals of mean losses of the same test examples in one or more rounds. Values of many series at the same time are one observation,
/// neighbours in time are correlated (<see cref="LongRunVariance"/>), and models of other seeds have other losses. Therefore the variance
/// over rounds is added to that over time, although a part of it is in both, and the degrees of freedom are those of the sum (Satterthwaite
/// 1946).
/// </summary>
internal sealed class LossIntervals
{
    // The index of each example's time among all times.
    private readonly int[] _places;
    private readonly int _times, _overlap;
    private readonly double _confidence;

    /// <param name="times">The time of each example, in any ascending unit; examples with equal values are at the same time.</param>
    /// <param name="overlap">Number of times that share data with their neighbours, as forecasts of several steps do; 0: each is independent.</param>
    /// <param name="confidence">How often an interval should contain the true value, in (0, 1).</param>
    public LossIntervals(IReadOnlyList<long> times, int overlap, double confidence)
    {
        long[] distinct = [.. times.Distinct().Order()];
        _places = [.. times.Select(time => Array.BinarySearch(distinct, time))];
        (_times, _overlap, _confidence) = (distinct.Length, overlap, confidence);
    }

    /// <summary>
    /// A weight for each example, in any unit, by which its losses are already multiplied; null: equal weights. The mean is then a ratio of means,
    /// such as that of sums of losses to numbers of tokens, and has the interval of the ratio to first order.
    /// </summary>
    public IReadOnlyList<double>? Weights { get; init; }

    /// <summary>The interval of a mean over rounds and examples.</summary>
    /// <param name="losses">[rounds][examples].</param>
    public (double Low, double High) OfMean(double[][] losses)
    {
        double mean = losses.Average(round => round.Average()), usual = Weights?.Average() ?? 1;
        return Around(mean, losses, (round, example) => losses[round][example] - mean * (Weights?[example] ?? 1) / usual, comparisons: 1);
    }

    /// <summary>
    /// The interval of the ratio of two means, minus 1: that of the logarithm of the ratio, to first order. It stays the same if the two
    /// means are exchanged, and holds where one is a small part of the other. No width if one of the two is 0 or they differ in sign.
    /// </summary>
    /// <param name="first">[rounds][examples].</param>
    /// <param name="second">For the same rounds and examples.</param>
    /// <param name="comparisons">How many intervals should hold all together (Bonferroni).</param>
    public (double Low, double High) OfRatio(double[][] first, double[][] second, int comparisons)
    {
        double one = first.Average(round => round.Average()), other = second.Average(round => round.Average());
        double relative = Excess(one, other);
        if (one == 0 || other == 0 || one / other < 0)
            return (relative, relative);
        (double low, double high) = Around(Math.Log(one / other), first, (round, example) => first[round][example] / one - second[round][example] / other,
            comparisons);
        return (Math.Exp(low) - 1, Math.Exp(high) - 1);
    }

    /// <summary>The ratio of two errors, minus 1; 0 if they are equal, also if both are 0.</summary>
    public static double Excess(double first, double second) => first == second ? 0 : first / second - 1;

    private (double Low, double High) Around(double center, double[][] losses, Func<int, int, double> influence, int comparisons)
    {
        int rounds = losses.Length, examples = _places.Length;
        double[] byTime = new double[_times], byRound = new double[rounds];
        for (int round = 0; round < rounds; round++)
        {
            for (int example = 0; example < examples; example++)
            {
                double value = influence(round, example);
                byRound[round] += value / examples;
                // A time with many examples has their total weight.
                byTime[_places[example]] += value / rounds * _times / examples;
            }
        }

        LongRunVariance time = LongRunVariance.Of(byTime, _overlap);
        double ofSeeds = rounds == 1 ? 0 : byRound.Sum(mean => Math.Pow(mean - byRound.Average(), 2)) / (rounds - 1) / rounds;
        double variance = time.OfMean + ofSeeds;
        if (variance is 0 or double.PositiveInfinity)
            return (center - variance, center + variance);
        double degrees = variance * variance / (time.OfMean * time.OfMean / time.Degrees + (rounds == 1 ? 0 : ofSeeds * ofSeeds / (rounds - 1)));
        double half = StudentT.Exceeded((1 - _confidence) / 2 / comparisons, degrees) * Math.Sqrt(variance);
        return (center - half, center + half);
    }
}
