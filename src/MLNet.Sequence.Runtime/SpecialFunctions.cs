namespace MLNet.Sequence;

/// <summary>Functions of probability distributions, in double precision.</summary>
internal static class SpecialFunctions
{
    private const double Precision = 1e-14;

    /// <summary>ln Γ(x) for x above 0.</summary>
    // Stirling's series (Abramowitz and Stegun 6.1.41) above 10; smaller arguments use Γ(x + 1) = x Γ(x).
    public static double LogGamma(double x)
    {
        double shift = 0;
        for (; x < 10; x++)
            shift += Math.Log(x);
        double inverse = 1 / (x * x);
        double series = (1.0 / 12 - inverse * (1.0 / 360 - inverse * (1.0 / 1260 - inverse * (1.0 / 1680 - inverse / 1188)))) / x;
        return (x - 0.5) * Math.Log(x) - x + 0.5 * Math.Log(2 * Math.PI) + series - shift;
    }

    /// <summary>The regularised incomplete beta function I_x(a, b).</summary>
    // By its continued fraction (Abramowitz and Stegun 26.5.8), which converges fast for x < (a + 1) / (a + b + 2); otherwise by
    // I_x(a, b) = 1 − I_{1−x}(b, a).
    public static double Beta(double x, double a, double b)
    {
        if (x is <= 0 or >= 1)
            return Math.Clamp(x, 0, 1);
        if (x > (a + 1) / (a + b + 2))
            return 1 - Beta(1 - x, b, a);
        double front = Math.Exp(LogGamma(a + b) - LogGamma(a) - LogGamma(b) + a * Math.Log(x) + b * Math.Log(1 - x)) / a;
        // Lentz's algorithm: evaluates the fraction from its front, as the product of ratios of neighbouring convergents.
        (double fraction, double c, double d) = (1, double.PositiveInfinity, 1);
        for (int k = 1; k < 2000; k++)
        {
            int m = k / 2;
            double numerator = (k % 2 == 0 ? m * (b - m) / (a + 2 * m - 1) : -(a + m) * (a + b + m) / (a + 2 * m + 1)) * x / (a + 2 * m);
            d = 1 / (1 + numerator * d);
            c = 1 + numerator / c;
            fraction *= c * d;
            if (Math.Abs(c * d - 1) < Precision)
                break;
        }

        return front * fraction;
    }

    /// <summary>The smallest whole number from 0 on whose cumulative probability reaches a level.</summary>
    /// <param name="level">In (0, 1).</param>
    /// <param name="guess">A value near to it.</param>
    /// <param name="cumulative">The probability of at most this number.</param>
    public static double SmallestWhole(double level, double guess, Func<double, double> cumulative)
    {
        double step = 1, low = Math.Max(0, Math.Floor(guess)), high = low;
        while (low > 0 && cumulative(low - 1) >= level)
            (low, step) = (Math.Max(0, low - step), 2 * step);
        for (step = 1; cumulative(high) < level; step *= 2)
            high += step;
        while (low < high)
        {
            double middle = Math.Floor((low + high) / 2);
            if (cumulative(middle) >= level)
                high = middle;
            else
                low = middle + 1;
        }

        return low;
    }

    /// <summary>The regularised upper incomplete gamma function Q(a, x).</summary>
    // The series of P below a + 1 (Abramowitz and Stegun 6.5.29), and the continued fraction of Q above (6.5.31), by Lentz's algorithm.
    public static double UpperGamma(double a, double x)
    {
        if (x <= 0)
            return 1;
        double front = Math.Exp(a * Math.Log(x) - x - LogGamma(a));
        if (x < a + 1)
        {
            double term = 1 / a, sum = term;
            for (double n = a + 1; term > Precision * sum; n++)
                sum += term *= x / n;
            return 1 - front * sum;
        }

        double b = x + 1 - a, c = double.PositiveInfinity, d = 1 / b, fraction = d;
        for (int i = 1; i < 100_000; i++)
        {
            double numerator = -i * (i - a);
            b += 2;
            d = 1 / (numerator * d + b);
            c = b + numerator / c;
            fraction *= c * d;
            if (Math.Abs(c * d - 1) < Precision)
                break;
        }

        return front * fraction;
    }

    /// <summary>The probability that a standard normal number is at most x.</summary>
    public static double Normal(double x)
    {
        double beyond = UpperGamma(0.5, x * x / 2) / 2;
        return x < 0 ? beyond : 1 - beyond;
    }

    /// <summary>The quantile of the standard normal distribution.</summary>
    /// <param name="level">In (0, 1).</param>
    public static double NormalQuantile(double level)
    {
        if (level > 0.5)
            return -NormalQuantile(1 - level);
        // Abramowitz and Stegun 26.2.23, then Newton's steps on the tail Q(½, x² / 2) / 2.
        double t = Math.Sqrt(-2 * Math.Log(level));
        double x = t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
        for (int i = 0; i < 4; i++)
        {
            double beyond = UpperGamma(0.5, x * x / 2) / 2;
            x += ((x < 0 ? 1 - beyond : beyond) - level) / (Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI));
        }

        return -x;
    }
}
