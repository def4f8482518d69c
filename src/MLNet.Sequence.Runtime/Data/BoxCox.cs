namespace MLNet.Sequence.Data;

/// <summary>
/// The power of a Box–Cox transform by maximum likelihood (Box and Cox, "An analysis of transformations", 1964, section 3): the transformed values
/// of each series are taken as independent and normal, with a mean and variance of their own. The profile log-likelihood of n values is then
/// (λ − 1) Σ ln v − (n / 2) ln σ²(λ), with σ² the variance of the transformed values.
/// </summary>
internal static class BoxCox
{
    // A power below this counts as 0, the logarithm: v^λ − 1 would lose digits in Single.
    private const double Smallest = 0.01;
    private const double Step = 0.1, Tolerance = 1e-7;

    /// <summary>The most likely power in [0, 2] that several series have in common; 1 if none of them varies.</summary>
    /// <param name="series">The values of each series, without missing ones.</param>
    public static double Lambda(IEnumerable<double[]> series)
    {
        double[][] all = [.. series.Where(Varies).Select(Logarithms).Where(values => values.Min() < values.Max())];
        if (all.Length == 0)
            return 1;
        double Likelihood(double lambda) => all.Sum(values => LogLikelihood(lambda, values));
        int steps = (int)Math.Round(PowerTransform.MostLambda / Step);
        double best = Step * Enumerable.Range(0, steps + 1).MaxBy(step => Likelihood(Step * step));
        double lambda = Highest(Likelihood, Math.Max(0, best - Step), Math.Min(PowerTransform.MostLambda, best + Step));
        return lambda < Smallest ? 0 : lambda;
    }

    // What only rounding changes has no likelihood: it would be one of rounding errors, and decide for all.
    private static bool Varies(double[] values)
    {
        var moments = new ChannelMoments(1);
        moments.Add(values);
        return !moments.IsConstant(0);
    }

    // Logarithms of values over their geometric mean, which leaves the likelihood as it is: Σ ln v is then 0.
    private static double[] Logarithms(double[] values)
    {
        var shifted = PowerTransform.Of(0, values, 1);
        double[] logarithms = Array.ConvertAll(values, shifted.Apply);
        double mean = logarithms.Average();
        return Array.ConvertAll(logarithms, value => value - mean);
    }

    private static double LogLikelihood(double lambda, double[] logarithms)
    {
        var moments = new ChannelMoments(1);
        foreach (double value in logarithms)
            moments.Add([lambda == 0 ? value : (Math.Exp(lambda * value) - 1) / lambda]);
        return -logarithms.Length * Math.Log(moments.Deviation(0));
    }

    // Golden section search.
    private static double Highest(Func<double, double> function, double low, double high)
    {
        double golden = (Math.Sqrt(5) - 1) / 2;
        double left = high - golden * (high - low), right = low + golden * (high - low), atLeft = function(left), atRight = function(right);
        while (high - low > Tolerance)
        {
            if (atLeft >= atRight)
            {
                (high, right, atRight) = (right, left, atLeft);
                left = high - golden * (high - low);
                atLeft = function(left);
            }
            else
            {
                (low, left, atLeft) = (left, right, atRight);
                right = low + golden * (high - low);
                atRight = function(right);
            }
        }

        return (low + high) / 2;
    }
}
