using MLNet.Sequence.Metrics;

namespace MLNet.Sequence.Memory;

/// <summary>Estimates the excess entropy of a subject from its losses, in nats, with fewer and fewer steps.</summary>
internal static class EntropyMeasurement
{
    /// <param name="losses">The losses of all examples with this number of last steps.</param>
    /// <param name="none">The losses with no step.</param>
    /// <param name="longest">The number of steps of the longest example.</param>
    /// <param name="intervals">The intervals of the examples' losses.</param>
    public static ExcessEntropy Of(Func<int, double[]> losses, double[] none, int longest, LossIntervals intervals)
    {
        int[] shown = [0, .. Shown(longest)];
        double[] full = losses(longest);
        double[][] costs = [.. shown.Select(steps => (steps == 0 ? none : losses(steps)).Zip(full, (some, all) => some - all).ToArray())];
        double[] sums = [.. full.Select((_, example) => Sum(shown, k => costs[k][example]))];
        (double low, double high) = intervals.OfMean([sums]);
        return new ExcessEntropy
        {
            Nats = sums.Average(),
            Low = low,
            High = high,
            Costs = [.. shown.Select((steps, k) => new StepCost(steps, costs[k].Average()))],
        };
    }

    // 1, 2, 3, 4, 6, 8, 12, 16, … and the longest: a line between neighbours is then close to the convex curve.
    private static IEnumerable<int> Shown(int longest)
    {
        for (int power = 1; power < longest && power > 0; power *= 2)
        {
            yield return power;
            if (power > 1 && power / 2 * 3 is var between && between < longest)
                yield return between;
        }

        yield return longest;
    }

    // Of all integers below the last one, where the values between two neighbours lie on a line.
    private static double Sum(int[] at, Func<int, double> value)
    {
        double sum = 0;
        for (int i = 1; i < at.Length; i++)
        {
            int gap = at[i] - at[i - 1];
            sum += value(i - 1) * (gap + 1) / 2.0 + value(i) * (gap - 1) / 2.0;
        }

        return sum;
    }
}
