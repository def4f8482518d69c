namespace MLNet.Sequence;

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
    public static double Tail(double t, double degrees) => 0.5 * SpecialFunctions.Beta(degrees / (degrees + t * t), degrees / 2, 0.5);

    private static double Density(double t, double degrees) => Math.Exp(
        SpecialFunctions.LogGamma((degrees + 1) / 2) - SpecialFunctions.LogGamma(degrees / 2) - 0.5 * Math.Log(degrees * Math.PI)
            - (degrees + 1) / 2 * Math.Log(1 + t * t / degrees));
}
