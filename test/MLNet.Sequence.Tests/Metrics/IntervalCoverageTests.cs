using MLNet.Sequence.Data;
using MLNet.Sequence.Metrics;

namespace MLNet.Sequence.Tests.Metrics;

/// <summary>
/// How often intervals of 95 % contain the true mean of the windows' losses. Losses are independent or autoregressive, and a window's loss
/// is the mean over its steps.
/// </summary>
[TestClass]
public sealed class IntervalCoverageTests
{
    private const int Trials = 400;

    // Both signs of each: their mean is exactly 0.
    private static readonly double[] Normals = [.. Draws().SelectMany(value => new[] { value, -value })];

    [TestMethod]
    public void Intervals_of_95_percent_hold_the_mean_of_overlapping_windows_that_often()
    {
        (int Examples, double Memory, int Horizon)[] cells = [.. from examples in new[] { 300, 1000, 3000 }
            from memory in new[] { 0, 0.8, 0.9 }
            from horizon in new[] { 1, 8, 24 }
            select (examples, memory, horizon)];
        double[] coverage = [.. cells.AsParallel().AsOrdered().Select(Coverage)];
        string table = string.Join("; ", cells.Zip(coverage, (cell, held) => FormattableString.Invariant($"{cell}: {held:P1}")));
        Assert.AreEqual(0.95, coverage.Average(), 0.01, table);
        foreach (double held in coverage)
            Assert.IsTrue(held is >= 0.91 and <= 0.98, table);
    }

    [TestMethod]
    public void So_do_intervals_of_the_ratio_of_two_errors_over_several_seeds()
    {
        // The same windows are hard or easy for both models; the seed changes the first model's error.
        const int examples = 300, rounds = 3;
        var intervals = new LossIntervals([.. Enumerable.Range(0, examples).Select(i => (long)i)], overlap: 8, 0.95);
        int held = Enumerable.Range(0, Trials).Count(trial =>
        {
            var random = new RandomStream(2, trial);
            double[] shared = Windows(random, examples, memory: 0.8, horizon: 8);
            double[][] first = [.. Enumerable.Range(0, rounds).Select(_ => random.NextNormal()).Select(seed => Own(0.06 * seed, random))];
            double[][] second = [.. Enumerable.Range(0, rounds).Select(_ => Own(0, random))];
            double[] Own(double shift, RandomStream noise) =>
                [.. shared.Zip(Windows(noise, examples, memory: 0, horizon: 8), (common, own) => 5 + shift + common + own)];
            (double low, double high) = intervals.OfRatio(first, second, comparisons: 1);
            return low <= 0 && 0 <= high;
        });
        // The variance between seeds is counted partly twice, so intervals are slightly too wide.
        Assert.IsTrue(held is >= (int)(0.92 * Trials) and <= (int)(0.995 * Trials), $"{held} of {Trials}");
    }

    private static double Coverage((int Examples, double Memory, int Horizon) cell)
    {
        (int examples, double memory, int horizon) = cell;
        var intervals = new LossIntervals([.. Enumerable.Range(0, examples).Select(i => (long)i)], horizon, 0.95);
        return Enumerable.Range(0, Trials).Count(trial =>
        {
            (double low, double high) = intervals.OfMean([Windows(new RandomStream(1, examples, (long)(10 * memory), horizon, trial), examples, memory,
                horizon)]);
            return low <= 0 && 0 <= high;
        }) / (double)Trials;
    }

    // The means of all windows of this many neighbours of x_t = memory · x_{t−1} + √(1 − memory²) · noise.
    private static double[] Windows(RandomStream random, int count, double memory, int horizon)
    {
        double[] values = new double[count + horizon - 1], means = new double[count];
        double part = Math.Sqrt(1 - memory * memory), value = random.NextNormal(), sum = 0;
        ulong bits = 0;
        for (int i = 0; i < values.Length; i++)
        {
            // Four draws from a table of 2^16 are one of 64 bits.
            bits = i % 4 == 0 ? random.NextBits() : bits >> 16;
            values[i] = value;
            value = memory * value + part * Normals[(int)(bits & 0xFFFF)];
            sum += values[i] - (i >= horizon ? values[i - horizon] : 0);
            if (i >= horizon - 1)
                means[i - horizon + 1] = sum / horizon;
        }

        return means;
    }

    private static IEnumerable<double> Draws()
    {
        var random = new RandomStream(5);
        return Enumerable.Range(0, 1 << 15).Select(_ => random.NextNormal());
    }
}
