using MLNet.Sequence.Layers;
using MLNet.Sequence.Tests.Torch;
using MLNet.Sequence.Torch;

namespace MLNet.Sequence.Tests.Layers;

[TestClass]
public sealed class DropoutTests : LayerContract
{
    private const double Rate = 0.3;
    private static readonly SequenceBatch Ones = new(10, 100, 20, [.. Enumerable.Repeat(1.0, 20_000)]);

    internal override IReadOnlyList<LayerCase> Cases =>
        [new(new Dropout(Rate), 3) { Outputs = 3 }, new(new Dropout(0), 2) { Outputs = 2 }];

    [TestMethod]
    public void In_training_the_given_part_is_dropped_and_the_rest_scaled_up()
    {
        double[] output = Train(Rate, seed: 1);
        double[] kept = [.. output.Where(value => value != 0)];
        Assert.IsTrue(kept.All(value => value == 1 / (1 - Rate)));
        // The fraction of 20,000 values has the standard deviation √(0.3 · 0.7 / 20,000) = 0.0032; the tolerance is four of them.
        Assert.AreEqual(Rate, 1 - kept.Length / 20_000.0, 0.013);
        Assert.AreEqual(1, output.Average(), 0.02);
    }

    [TestMethod]
    public void Each_value_is_dropped_alone()
    {
        bool[] dropped = [.. Train(Rate, seed: 2).Select(value => value == 0)];
        foreach (int distance in new[] { 1, 20, 2000 }) // neighbouring channel, step and row
        {
            double both = Enumerable.Range(0, dropped.Length - distance).Average(i => dropped[i] && dropped[i + distance] ? 1.0 : 0);
            // √(0.09 · 0.91 / 18,000) = 0.0021; the tolerance is four of them.
            Assert.AreEqual(Rate * Rate, both, 0.009, $"distance {distance}");
        }
    }

    [TestMethod]
    public void Masks_follow_from_the_seed_of_the_pass()
    {
        CollectionAssert.AreEqual(Train(Rate, seed: 3), Train(Rate, seed: 3));
        CollectionAssert.AreNotEqual(Train(Rate, seed: 3), Train(Rate, seed: 4));
    }

    [TestMethod]
    public void Variational_masks_are_the_same_at_all_steps_of_a_row_and_differ_between_rows()
    {
        double[][] rows = [.. Train(new Dropout(Rate) { Variational = true }, seed: 6).Chunk(2000)];
        foreach (double[] row in rows)
        {
            double[][] steps = [.. row.Chunk(20)];
            Assert.IsTrue(steps.All(step => step.SequenceEqual(steps[0])));
        }

        Assert.IsTrue(rows.Select(row => string.Join(",", row[..20])).Distinct().Count() > 1);
        // 200 masks: √(0.3 · 0.7 / 200) = 0.032; the tolerance is four of them.
        Assert.AreEqual(Rate, rows.SelectMany(row => row[..20]).Average(value => value == 0 ? 1.0 : 0), 0.13);
    }

    [TestMethod]
    public void A_rate_of_zero_drops_nothing() => CollectionAssert.AreEqual(Ones.Values, Train(0, seed: 5));

    private static double[] Train(double rate, long seed) => Train(new Dropout(rate), seed);

    private static double[] Train(Dropout layer, long seed)
    {
        using var probe = new NetworkProbe(layer, Ones.Channels, new Weights());
        return probe.Forward(Ones, new TorchPass { Dropout = new DropoutMasks(seed) }).Values;
    }
}
