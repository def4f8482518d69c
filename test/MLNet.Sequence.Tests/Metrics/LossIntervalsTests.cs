using MLNet.Sequence.Metrics;

namespace MLNet.Sequence.Tests.Metrics;

/// <summary>Compares intervals of mean losses with formulas.</summary>
[TestClass]
public sealed class LossIntervalsTests
{
    private static readonly long[] Ten = [.. Enumerable.Range(0, 10).Select(i => (long)i)];

    [TestMethod]
    public void Of_examples_on_their_own_it_is_the_ordinary_interval_of_Student()
    {
        double[] losses = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3];
        double deviation = Math.Sqrt(losses.Sum(loss => Math.Pow(loss - 3.9, 2)) / 9);
        // t of 9 degrees at 97.5 %.
        MustBe(3.9, 2.262157 * deviation / Math.Sqrt(10), new LossIntervals(Ten, overlap: 0, 0.95).OfMean([losses]));
    }

    [TestMethod]
    public void Of_a_ratio_of_means_the_spread_of_weights_is_no_uncertainty()
    {
        int[] tokens = [.. Enumerable.Range(2, 10)];
        LossIntervals Weighted() => new(Ten, overlap: 0, 0.95) { Weights = [.. tokens.Select(count => (double)count)] };
        double usual = tokens.Average();
        // Each token costs 2.
        (double low, double high) = Weighted().OfMean([[.. tokens.Select(count => 2 * count / usual)]]);
        Assert.AreEqual(2, low, 1e-9);
        Assert.AreEqual(2, high, 1e-9);
        // The linearised variance of a ratio R: that of (s − R L) / mean of L.
        double[] sums = [3, 8, 7, 12, 10, 16, 15, 14, 22, 20];
        double ratio = sums.Sum() / tokens.Sum();
        double deviation = Math.Sqrt(sums.Zip(tokens, (sum, count) => Math.Pow((sum - ratio * count) / usual, 2)).Sum() / 9);
        MustBe(ratio, 2.262157 * deviation / Math.Sqrt(10), Weighted().OfMean([[.. sums.Select(sum => sum / usual)]]));
    }

    [TestMethod]
    public void Seeds_alone_are_an_interval_of_their_means()
    {
        double[][] losses = [.. new[] { 1.0, 2, 4 }.Select(mean => Enumerable.Repeat(mean, 10).ToArray())];
        // The deviation of 1, 2, 4 over √3, t of 2 degrees.
        MustBe(7 / 3.0, 4.302653 * Math.Sqrt(7 / 3.0) / Math.Sqrt(3), new LossIntervals(Ten, overlap: 4, 0.95).OfMean(losses));
    }

    [TestMethod]
    public void Losses_that_resemble_their_neighbours_have_a_wider_interval_than_the_same_ones_shuffled()
    {
        double[] losses = [.. Enumerable.Range(0, 400).Select(i => Math.Sin(i / 40.0))], shuffled = [.. losses];
        new Random(1).Shuffle(shuffled);
        long[] times = [.. Enumerable.Range(0, 400).Select(i => (long)i)];
        var intervals = new LossIntervals(times, overlap: 1, 0.95);
        Assert.IsGreaterThan(4 * Width(intervals.OfMean([shuffled])), Width(intervals.OfMean([losses])));
    }

    [TestMethod]
    public void The_order_of_examples_does_not_matter_only_their_times()
    {
        (long[] times, double[] first, double[] second) = TwoSeries();
        int[] bySeries = [.. Enumerable.Range(0, times.Length)], byTime = [.. bySeries.OrderBy(i => times[i])];
        (double, double) Interval(int[] order, long scale) => new LossIntervals([.. order.Select(i => scale * times[i])], overlap: 3, 0.95)
            .OfRatio([[.. order.Select(i => first[i])]], [[.. order.Select(i => second[i])]], comparisons: 2);
        (double low, double high) = Interval(bySeries, 1);
        Assert.AreNotEqual(low, high);
        foreach ((double otherLow, double otherHigh) in new[] { Interval(byTime, 1), Interval(byTime, 3600) })
        {
            Assert.AreEqual(low, otherLow, 1e-12);
            Assert.AreEqual(high, otherHigh, 1e-12);
        }
    }

    [TestMethod]
    public void A_duplicated_series_adds_no_information()
    {
        (_, double[] losses, double[] others) = TwoSeries();
        long[] times = [.. Enumerable.Range(0, losses.Length).Select(i => (long)i)];
        (double low, double high) = new LossIntervals(times, overlap: 2, 0.95).OfRatio([losses], [others], comparisons: 1);
        (double twiceLow, double twiceHigh) = new LossIntervals([.. times, .. times], overlap: 2, 0.95)
            .OfRatio([[.. losses, .. losses]], [[.. others, .. others]], comparisons: 1);
        Assert.AreEqual(low, twiceLow, 1e-12);
        Assert.AreEqual(high, twiceHigh, 1e-12);
    }

    [TestMethod]
    public void More_comparisons_widen_it_as_their_quantiles()
    {
        double[] losses = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3], others = [2, 1, 3, 2, 5, 7, 3, 6, 4, 3];
        double Of(int comparisons) => new LossIntervals(Ten, overlap: 0, 0.95).OfRatio([losses], [others], comparisons) is var (low, high)
            ? Math.Log((1 + high) / (1 + low)) : 0;
        // t of 9 degrees at .025 and at .0125.
        Assert.AreEqual(2.685011 / 2.262157, Of(2) / Of(1), 1e-6);
    }

    [TestMethod]
    public void Exchanged_errors_have_the_exchanged_interval_even_if_one_is_nearly_zero()
    {
        double[] losses = [3, 1, 4, 1, 5, 9, 2, 6, 5, 3], tiny = [0, 0, 1e-6, 0, 0, 0, 0, 1e-6, 0, 0];
        var intervals = new LossIntervals(Ten, overlap: 0, 0.95);
        (double low, double high) = intervals.OfRatio([losses], [tiny], comparisons: 1);
        (double otherLow, double otherHigh) = intervals.OfRatio([tiny], [losses], comparisons: 1);
        Assert.AreEqual(1 / (1 + high) - 1, otherLow, 1e-12);
        Assert.AreEqual(1 / (1 + low) - 1, otherHigh, 1e-12);
        Assert.IsGreaterThan(1e5, low);
    }

    [TestMethod]
    public void One_example_leaves_all_open_and_equal_losses_nothing()
    {
        (double low, double high) = new LossIntervals([5], overlap: 1, 0.95).OfMean([[2.0]]);
        Assert.AreEqual((double.NegativeInfinity, double.PositiveInfinity), (low, high));
        double[][] zeros = [new double[10], new double[10]], ones = [.. zeros.Select(round => round.Select(_ => 1.0).ToArray())];
        var intervals = new LossIntervals(Ten, overlap: 1, 0.95);
        Assert.AreEqual((0, 0), intervals.OfRatio(zeros, zeros, comparisons: 1));
        Assert.AreEqual((0, 0), intervals.OfRatio(ones, ones, comparisons: 1));
        Assert.AreEqual((double.PositiveInfinity, double.PositiveInfinity), intervals.OfRatio(ones, zeros, comparisons: 1));
    }

    // One series after the other, with different lengths and common times.
    private static (long[] Times, double[] First, double[] Second) TwoSeries()
    {
        var random = new RandomStream(7);
        long[] times = [.. Enumerable.Range(0, 60).Select(i => (long)i), .. Enumerable.Range(20, 50).Select(i => (long)i)];
        return (times, [.. times.Select(_ => 1 + random.NextDouble())], [.. times.Select(_ => 1 + random.NextDouble())]);
    }

    private static void MustBe(double center, double half, (double Low, double High) interval)
    {
        Assert.AreEqual(center - half, interval.Low, 1e-6);
        Assert.AreEqual(center + half, interval.High, 1e-6);
    }

    private static double Width((double Low, double High) interval) => interval.High - interval.Low;
}
