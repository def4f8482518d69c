using MLNet.Sequence.Data;

namespace MLNet.Sequence.Tests.Data;

[TestClass]
public sealed class PermutationTests
{
    [TestMethod]
    public void Every_number_comes_exactly_once()
    {
        foreach (int count in Enumerable.Range(1, 70).Concat([97, 127, 128, 129, 1009, 4095, 4096, 4097, 65_537]))
        {
            for (long seed = -1; seed < 4; seed++)
            {
                var permutation = new Permutation(count, seed);
                var seen = new bool[count];
                for (int i = 0; i < count; i++)
                    seen[permutation[i]] = true;
                Assert.IsTrue(seen.All(one => one), $"{count} with seed {seed}");
            }
        }
    }

    [TestMethod]
    public void Another_seed_gives_another_order_and_the_same_seed_the_same()
    {
        CollectionAssert.AreEqual(Order(100, 1), Order(100, 1));
        string[] orders = [.. Enumerable.Range(0, 200).Select(seed => string.Join(' ', Order(100, seed)))];
        Assert.AreEqual(orders.Length, orders.Distinct().Count());
    }

    [TestMethod]
    [DataRow(2)]
    [DataRow(3)]
    [DataRow(7)]
    [DataRow(11)]
    public void Over_many_seeds_each_number_comes_at_each_place_about_as_often(int count)
    {
        const int seeds = 4000;
        var often = new int[count, count];
        for (int seed = 0; seed < seeds; seed++)
        {
            long[] order = Order(count, seed);
            for (int i = 0; i < count; i++)
                often[i, order[i]]++;
        }

        // Each cell is binomial: a deviation of more than five standard deviations happens by chance once in 1.7 million.
        double expected = (double)seeds / count, deviation = Math.Sqrt(expected * (1 - 1.0 / count));
        foreach (int cell in often)
            Assert.AreEqual(expected, cell, 5 * deviation);
    }

    [TestMethod]
    public void Orders_of_few_rows_are_even_by_chi_square()
    {
        for (int count = 2; count <= 64; count++)
        {
            int seeds = Math.Max(1500, 40 * count);
            double[,] places = new double[count, count], followers = new double[count, count];
            for (int seed = 0; seed < seeds; seed++)
            {
                long[] order = Order(count, seed);
                for (int i = 0; i < count; i++)
                    places[i, order[i]]++;
                followers[order[0], order[^1]]++;
            }

            // χ² with f degrees of freedom has the mean f and the variance 2 f.
            AssertEven(places, (double)seeds / count, (count - 1) * (count - 1), $"places of {count}");
            for (int i = 0; i < count; i++)
                followers[i, i] = (double)seeds / (count * (count - 1));
            AssertEven(followers, (double)seeds / (count * (count - 1)), count * (count - 1) - 1, $"first and last of {count}");
        }

        static void AssertEven(double[,] cells, double expected, int freedom, string what)
        {
            double chi = cells.Cast<double>().Sum(cell => (cell - expected) * (cell - expected) / expected);
            Assert.IsLessThan(freedom + 5.5 * Math.Sqrt(2.0 * Math.Max(freedom, 2)) + 8, chi, what);
        }
    }

    [TestMethod]
    public void Every_order_of_five_rows_comes_as_often()
    {
        const int seeds = 60_000;
        IEnumerable<string> orders = Enumerable.Range(0, seeds).Select(seed => string.Join(' ', Order(5, seed)));
        double[] often = [.. orders.CountBy(order => order).Select(pair => (double)pair.Value)];

        // 119 degrees of freedom: five deviations of 15.4 above the mean.
        Assert.HasCount(120, often);
        Assert.IsLessThan(119 + 5 * 15.4, often.Sum(cell => (cell - 500) * (cell - 500) / 500));
    }

    [TestMethod]
    public void Neighbours_are_separated_and_positions_are_independent()
    {
        const int count = 20_000;
        double[] order = [.. Order(count, 5).Select(value => (double)value)];
        double middle = (count - 1) / 2.0, variance = (count * (double)count - 1) / 12;
        double Correlation(Func<int, double> other) => Enumerable.Range(0, count - 1).Average(i => (order[i] - middle) * (other(i) - middle)) / variance;
        // 1 / √20,000 = 0.007 is one standard deviation under independence.
        Assert.AreEqual(0, Correlation(i => order[i + 1]), 0.03);
        Assert.AreEqual(0, Correlation(i => i), 0.03);
    }

    [TestMethod]
    public void More_rows_than_memory_could_hold_are_shuffled_too()
    {
        const long count = 3_000_000_000_019;
        var permutation = new Permutation(count, 6);
        long[] values = [.. Enumerable.Range(0, 1000).Select(i => permutation[count - 1 - i])];
        Assert.IsTrue(values.All(value => value is >= 0 and < count));
        Assert.AreEqual(1000, values.Distinct().Count());
        Assert.AreEqual(0.5, values.Average() / count, 0.05); // 0.29 / √1000 = 0.009
    }

    private static long[] Order(int count, long seed)
    {
        var permutation = new Permutation(count, seed);
        return [.. Enumerable.Range(0, count).Select(i => permutation[i])];
    }
}
