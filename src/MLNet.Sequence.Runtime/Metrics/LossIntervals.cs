namespace MLNet.Sequence.Metrics;

/// <summary>
/// Intervals of mean losses of the same test examples in one or more rounds. What happens at one time in many series is one observation,
/// neighbours in time resemble each other (<see cref="LongRunVariance"/>), and models of other seeds have other losses: the variance over
/// rounds is added to that over time, though a part of it is in both, and the degrees of freedom are those of the sum (Satterthwaite 1946).
/// </summary>
internal sealed class LossIntervals
{
    // Of each example the place of its time among all times.
    private readonly int[] _places;
    private readonly int _times, _overlap;
    private readonly double _confidence;

    /// <param name="times">When each example happens, in any unit that ascends; equal ones happen at the same time.</param>
    /// <param name="overlap">Times that share data with their neighbours, as forecasts of some steps do; 0: each is on its own.</param>
    /// <param name="confidence">How often an interval is to hold the true value, in (0, 1).</param>
    public LossIntervals(IReadOnlyList<long> times, int overlap, double confidence)
    {
        long[] distinct = [.. times.Distinct().Order()];
        _places = [.. times.Select(time => Array.BinarySearch(distinct, time))];
        (_times, _overlap, _confidence) = (distinct.Length, overlap, confidence);
    }

    /// <summary>The interval of a mean over rounds and examples.</summary>
    /// <param name="losses">[rounds][examples].</param>
    public (double Low, double High) OfMean(double[][] losses)
    {
        double mean = losses.Average(round => round.Average());
        return Around(mean, losses, (round, example) => losses[round][example] - mean, comparisons: 1);
    }

    /// <summary>
    /// The interval of one mean over another, minus 1: that of the logarithm of their ratio, to the first order of its change. It is the same
    /// with the two exchanged, and holds where one is a small part of the other. No width where one of the two is 0 or they differ in sign.
    /// </summary>
    /// <param name="first">[rounds][examples].</param>
    /// <param name="second">Of the same rounds and examples.</param>
    /// <param name="comparisons">How many intervals are to hold all together (Bonferroni).</param>
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

    /// <summary>One error over another, minus 1; of two that are equal, though both be 0, none.</summary>
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
                // A time of many examples counts for as many.
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
