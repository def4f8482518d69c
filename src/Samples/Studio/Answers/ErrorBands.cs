namespace MLNet.Sequence.Samples.Studio.Answers;

/// <summary>
/// Bands around forecasts from the errors on the validation rows: a band of 80 % holds 80 % of them. Errors are in deviations of their
/// series, so that series of different size share them.
/// </summary>
internal sealed class ErrorBands
{
    // With fewer errors, a step borrows those of its neighbours.
    private const int Enough = 40;

    private static readonly double[] Edges = [0.1, 0.25, 0.75, 0.9];

    // [edge][step, target], step by step.
    private readonly double[][] _edges;

    /// <param name="errors">[window][step · target]: actual − forecast, in deviations; NaN: not known.</param>
    /// <param name="horizon">Steps.</param>
    /// <param name="targets">Targets.</param>
    public ErrorBands(IReadOnlyList<double[]> errors, int horizon, int targets)
    {
        _edges = [.. Edges.Select(_ => new double[horizon * targets])];
        for (int step = 0; step < horizon; step++)
        {
            for (int target = 0; target < targets; target++)
            {
                double[] known = Around(errors, (step, target), horizon, targets);
                for (int edge = 0; edge < Edges.Length; edge++)
                    _edges[edge][step * targets + target] = Quantile(known, Edges[edge]);
            }
        }
    }

    /// <summary>The four edges of a forecast, [edge][target][step].</summary>
    /// <param name="forecast">[target][step].</param>
    /// <param name="deviations">The deviation of each target in its series.</param>
    public double[][][] Around(IReadOnlyList<double[]> forecast, IReadOnlyList<double> deviations) => [.. _edges.Select(edge =>
        forecast.Select((steps, target) => steps.Select((value, step) => value + edge[step * forecast.Count + target] * deviations[target]).ToArray())
            .ToArray())];

    private static double[] Around(IReadOnlyList<double[]> errors, (int Step, int Target) at, int horizon, int targets)
    {
        for (int reach = 0; ; reach++)
        {
            int first = Math.Max(0, at.Step - reach), last = Math.Min(horizon - 1, at.Step + reach);
            double[] known = [.. errors.SelectMany(window => Enumerable.Range(first, last - first + 1).Select(step => window[step * targets + at.Target]))
                .Where(double.IsFinite).Order()];
            if (known.Length >= Enough || reach >= horizon)
                return known;
        }
    }

    // Linear between the ordered values; NaN if there are none.
    private static double Quantile(double[] ordered, double part)
    {
        if (ordered.Length == 0)
            return double.NaN;
        double place = part * (ordered.Length - 1);
        int below = (int)place;
        return ordered[below] + (place - below) * (ordered[Math.Min(below + 1, ordered.Length - 1)] - ordered[below]);
    }
}
