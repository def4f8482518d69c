namespace MLNet.Sequence.Samples.Studio.Answers;

/// <summary>
/// Bands around forecasts from the errors on the validation rows, by split conformal prediction (Lei et al., JASA 2018, section 2.2): as far to
/// both sides as the wanted part of the absolute errors reaches. Errors are in deviations of their series, so that series of different size
/// share them.
/// </summary>
internal sealed class ErrorBands
{
    // With fewer errors, a step borrows those of its neighbours.
    private const int Enough = 40;

    private const double Inner = 0.5, Outer = 0.8;

    // [step · target], step by step.
    private readonly double[] _inner, _outer;

    /// <param name="errors">[window][step · target]: actual − forecast, in deviations; NaN: not known.</param>
    /// <param name="horizon">Steps.</param>
    /// <param name="targets">Targets.</param>
    public ErrorBands(IReadOnlyList<double[]> errors, int horizon, int targets)
    {
        (_inner, _outer) = (new double[horizon * targets], new double[horizon * targets]);
        for (int step = 0; step < horizon; step++)
        {
            for (int target = 0; target < targets; target++)
            {
                double[] known = Near(errors, (step, target), horizon, targets);
                _inner[step * targets + target] = Reach(known, Inner);
                _outer[step * targets + target] = Reach(known, Outer);
            }
        }
    }

    /// <summary>A forecast moved to the edges of its bands: the outer low, the inner low, the inner high, the outer high; [edge][target][step].</summary>
    /// <param name="forecast">[target][step].</param>
    /// <param name="deviations">The deviation of each target in its series.</param>
    public double[][][] Around(IReadOnlyList<double[]> forecast, IReadOnlyList<double> deviations)
    {
        double[][] Moved(double[] reach, int sign) => [.. forecast.Select((steps, target) =>
            steps.Select((value, step) => value + sign * reach[step * forecast.Count + target] * deviations[target]).ToArray())];
        return [Moved(_outer, -1), Moved(_inner, -1), Moved(_inner, 1), Moved(_outer, 1)];
    }

    private static double[] Near(IReadOnlyList<double[]> errors, (int Step, int Target) at, int horizon, int targets)
    {
        for (int reach = 0; ; reach++)
        {
            int first = Math.Max(0, at.Step - reach), last = Math.Min(horizon - 1, at.Step + reach);
            double[] known = [.. errors.SelectMany(window => Enumerable.Range(first, last - first + 1).Select(step => window[step * targets + at.Target]))
                .Where(double.IsFinite).Select(Math.Abs).Order()];
            if (known.Length >= Enough || reach >= horizon)
                return known;
        }
    }

    // The ⌈(n + 1) · part⌉-th smallest; NaN if there are none.
    private static double Reach(double[] ordered, double part) =>
        ordered.Length == 0 ? double.NaN : ordered[Math.Min(ordered.Length, (int)Math.Ceiling((ordered.Length + 1) * part)) - 1];
}
