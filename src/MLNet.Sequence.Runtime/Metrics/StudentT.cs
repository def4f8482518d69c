namespace MLNet.Sequence.Metrics;

/// <summary>Student's t distribution; degrees of freedom need not be integers.</summary>
internal static class StudentT
{
    private const double Precision = 1e-14;

    /// <summary>The value t that is exceeded with the given probability: P(T &gt; t) = <paramref name="tail"/>.</summary>
    /// <param name="tail">In (0, .5].</param>
    /// <param name="degrees">Degrees of freedom, above 0.</param>
    public static double Exceeded(double tail, double degrees)
    {
        // P(T > t) falls more and more slowly: from 0 on, Newton's steps never pass the solution.
        double t = 0;
        for (int i = 0; i < 500; i++)
        {
            double step = (Tail(t, degrees) - tail) / Density(t, degrees);
            t += step;
            if (step <= Precision * t)
                break;
        }

        return t;
    }

    /// <summary>P(T &gt; t) for t of at least 0.</summary>
    public static double Tail(double t, double degrees) => 0.5 * Beta(degrees / (degrees + t * t), degrees / 2, 0.5);

    private static double Density(double t, double degrees) => Math.Exp(
        LogGamma((degrees + 1) / 2) - LogGamma(degrees / 2) - 0.5 * Math.Log(degrees * Math.PI) - (degrees + 1) / 2 * Math.Log(1 + t * t / degrees));

    // The regularised incomplete beta function I_x(a, b) by its continued fraction (Abramowitz and Stegun 26.5.8), which converges
    // fast for x < (a + 1) / (a + b + 2); otherwise by I_x(a, b) = 1 − I_{1−x}(b, a).
    private static double Beta(double x, double a, double b)
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

    // Stirling's series (Abramowitz and Stegun 6.1.41) above 10; smaller arguments use Γ(x + 1) = x Γ(x).
    private static double LogGamma(double x)
    {
        double shift = 0;
        for (; x < 10; x++)
            shift += Math.Log(x);
        double inverse = 1 / (x * x);
        double series = (1.0 / 12 - inverse * (1.0 / 360 - inverse * (1.0 / 1260 - inverse * (1.0 / 1680 - inverse / 1188)))) / x;
        return (x - 0.5) * Math.Log(x) - x + 0.5 * Math.Log(2 * Math.PI) + series - shift;
    }
}
