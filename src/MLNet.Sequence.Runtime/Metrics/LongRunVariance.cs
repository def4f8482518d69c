using System.Numerics.Tensors;

namespace MLNet.Sequence.Metrics;

/// <summary>
/// The variance of the mean of values that are correlated with their neighbours in time: the mean square of their first few cosine
/// transforms (the equal-weighted cosine estimator of Lazarus, Lewis, Stock and Watson, "HAR Inference: Recommendations for Practice",
/// Journal of Business &amp; Economic Statistics 36(4), 2018). With v transforms, the mean divided by its error has Student's t
/// distribution with v degrees of freedom. All n − 1 transforms give the ordinary variance.
/// </summary>
/// <param name="OfMean">The variance of the mean.</param>
/// <param name="Degrees">v, its degrees of freedom.</param>
internal sealed record LongRunVariance(double OfMean, int Degrees)
{
    // The highest frequency used, in half-waves, as a share of the frequencies that fit into the values. There the spectrum of values with
    // exponentially decaying autocorrelation is still 94 % of that at 0; on average over the frequencies used it is 98 %.
    private const double Part = 0.08;

    // With fewer than four transforms the quantiles of t grow fast, so using a little more of the spectrum is worth its bias; with more
    // than 48 they hardly shrink.
    private const double LargestPart = 0.3;
    private const int Least = 2, Few = 4, Most = 48;

    /// <param name="values">In time order.</param>
    /// <param name="overlap">Neighbours that share data: 24 for forecasts of 24 steps from each step; 0: every value is independent.</param>
    public static LongRunVariance Of(ReadOnlySpan<double> values, int overlap)
    {
        int all = values.Length - 1;
        if (all < 1)
            return new LongRunVariance(double.PositiveInfinity, 1);
        var deviations = new double[values.Length];
        TensorPrimitives.Subtract(values, TensorPrimitives.Sum(values) / values.Length, deviations);
        if (overlap == 0)
            return new LongRunVariance(TensorPrimitives.SumOfSquares<double>(deviations) / all / values.Length, all);
        // The autocorrelation from overlap alone falls to 1/e after 1 − 1/e of its length.
        double memory = Math.Max(Memory(deviations), (1 - Math.Exp(-1)) * overlap);
        double memories = values.Length / memory;
        int fewest = (int)Math.Clamp(LargestPart * memories, Least, Few);
        int transforms = Math.Min(all, (int)Math.Clamp(Part * memories, fewest, Most));
        return new LongRunVariance(Transforms(deviations, transforms).Average(value => value * value) / values.Length, transforms);
    }

    // For j = 1, 2, …: √(2 / n) Σ_t x_t cos(π j (t + ½) / n).
    private static IEnumerable<double> Transforms(double[] deviations, int count)
    {
        double[] angles = [.. deviations.Select((_, t) => Math.PI * (t + 0.5) / deviations.Length)], cosines = new double[angles.Length];
        for (int j = 1; j <= count; j++)
        {
            TensorPrimitives.Multiply(angles, j, cosines);
            TensorPrimitives.Cos<double>(cosines, cosines);
            yield return Math.Sqrt(2.0 / deviations.Length) * TensorPrimitives.Dot<double>(deviations, cosines);
        }
    }

    // The first lag at which the autocorrelation is below 1/e: longer lags are checked in steps of a twelfth.
    private static int Memory(double[] deviations)
    {
        double enough = TensorPrimitives.SumOfSquares<double>(deviations) * Math.Exp(-1);
        int lag = 1;
        while (lag < deviations.Length / 4 && TensorPrimitives.Dot<double>(deviations.AsSpan(lag), deviations.AsSpan(0, deviations.Length - lag)) > enough)
            lag += 1 + lag / 12;
        return lag;
    }
}
