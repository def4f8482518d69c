using MLNet.Sequence.Layers;
using MLNet.Sequence.Managed;

namespace MLNet.Sequence.Tests.Layers;

[TestClass]
public sealed class RunningStatisticsTests : LayerContract
{
    internal override IReadOnlyList<LayerCase> Cases =>
    [
        new(new RunningStatistics(), 3) { Outputs = 22, Field = null },
        new(new RunningStatistics(), 1) { Outputs = 8, Field = null },
    ];

    [TestMethod]
    public void They_are_those_of_a_row_by_hand()
    {
        float[] outputs = new ManagedNetwork(new RunningStatistics(), 2, new Weights()).Run([1, 10, 4, 10, 1, 10, 10, 10]);
        // Values 1, 4, 1, 10 at times −1.5 … 1.5: Σ t x = −1.5 − 2 + .5 + 15 = 12, Σ t² = 5, over three steps.
        double[] expected = [4, Math.Sqrt((9 + 0 + 9 + 36) / 4.0), 1, 10, 1, 10, 12 / 5.0 * 3, 10, 0, 10, 10, 10, 10, 0, 4];
        Close.AssertEqual(expected, [.. outputs[^15..].Select(value => (double)value)], 1e-6, "the last step");
        CollectionAssert.AreEqual(new float[] { 1, 0, 1, 1, 1, 1, 0, 10, 0, 10, 10, 10, 10, 0, 1 }, outputs[..15]);
    }

    // A mean of 1,000 with a deviation of 0.1: sums of squares in float32 would lose all its digits.
    [TestMethod]
    public void A_large_level_leaves_the_deviation_its_digits()
    {
        float[] row = [.. Enumerable.Range(0, 200).Select(t => 1000 + (t % 2 == 0 ? 0.125f : -0.125f))];
        float deviation = new ManagedNetwork(new RunningStatistics(), 1, new Weights()).Run(row)[^7];
        Assert.AreEqual(0.125, deviation, 1e-4);
    }
}
