using MLNet.Sequence.Stability;

namespace MLNet.Sequence.Tests.Stability;

[TestClass]
public sealed class BlockBootstrapTests
{
    [TestMethod]
    public void An_interval_of_95_percent_holds_the_mean_about_that_often()
    {
        const int trials = 400;
        int held = Enumerable.Range(0, trials).Count(trial => Holds(Noise(trial, memory: 0), mean: 0));
        // 400 trials at .95: a deviation of 1.1 % of one standard error; blocks cost some coverage.
        Assert.IsGreaterThan(0.90 * trials, held);
        Assert.IsLessThan(0.985 * trials, held);
    }

    [TestMethod]
    public void Neighbours_that_resemble_each_other_widen_it() =>
        Assert.IsGreaterThan(1.5 * Width(Shuffled(Noise(1, memory: 0.8))), Width(Noise(1, memory: 0.8)));

    [TestMethod]
    public void The_same_seed_gives_the_same_resamples()
    {
        double[] values = Noise(1, memory: 0);
        CollectionAssert.AreEqual(new BlockBootstrap(50, 100, 0.9, 3).Means(values[..50]), new BlockBootstrap(50, 100, 0.9, 3).Means(values[..50]));
        CollectionAssert.AreNotEqual(new BlockBootstrap(50, 100, 0.9, 3).Means(values[..50]), new BlockBootstrap(50, 100, 0.9, 4).Means(values[..50]));
    }

    private static bool Holds(double[] values, double mean)
    {
        (double low, double high) = Interval(values);
        return low <= mean && mean <= high;
    }

    private static double Width(double[] values) => Interval(values) is var (low, high) ? high - low : double.NaN;

    private static (double Low, double High) Interval(double[] values)
    {
        var bootstrap = new BlockBootstrap(values.Length, 500, 0.95, seed: 1);
        return bootstrap.Interval(bootstrap.Means(values));
    }

    private static double[] Noise(int seed, double memory)
    {
        var random = new RandomStream(seed);
        var values = new double[400];
        for (int i = 0; i < values.Length; i++)
            values[i] = (i > 0 ? memory * values[i - 1] : 0) + random.NextNormal();
        return values;
    }

    private static double[] Shuffled(double[] values) => [.. values.OrderBy(value => RandomStream.Mix((ulong)BitConverter.DoubleToInt64Bits(value)))];
}
