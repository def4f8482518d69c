namespace MLNet.Sequence.LocalModels;

/// <summary>
/// Simple exponential smoothing: l_t = l_{t−1} + α (y_t − l_{t−1}). α and l_0 have the least squared one-step errors: the errors are linear in l_0, so
/// for each α it is solved, and α is searched on its own.
/// </summary>
internal static class SimpleSmoothing
{
    private const double Least = 1e-4, Most = 0.9999;
    private const int Grid = 40;

    /// <summary>The last level, which is the forecast of all steps.</summary>
    public static double Level(double[] values)
    {
        double Alpha(int place) => Least + (Most - Least) * place / Grid;
        int best = Enumerable.Range(0, Grid + 1).MinBy(place => Run(values, Alpha(place)).Error);
        double alpha = GoldenSection(
            Alpha(Math.Max(0, best - 1)), Alpha(Math.Min(Grid, best + 1)), candidate => Run(values, candidate).Error);
        return Run(values, alpha).Level;
    }

    // The level is a_t + b_t l_0.
    private static (double Error, double Level) Run(double[] values, double alpha)
    {
        double a = 0, b = 1, squares = 0, mixed = 0, own = 0;
        foreach (double value in values)
        {
            double rest = value - a;
            squares += rest * rest;
            mixed += rest * b;
            own += b * b;
            a += alpha * rest;
            b *= 1 - alpha;
        }

        double first = mixed / own;
        return (squares - mixed * first, a + b * first);
    }

    private static double GoldenSection(double low, double high, Func<double, double> function)
    {
        double part = (Math.Sqrt(5) - 1) / 2;
        for (int i = 0; i < 40; i++)
        {
            double left = high - part * (high - low), right = low + part * (high - low);
            (low, high) = function(left) <= function(right) ? (low, right) : (left, high);
        }

        return (low + high) / 2;
    }
}
