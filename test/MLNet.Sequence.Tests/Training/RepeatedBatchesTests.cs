using MLNet.Sequence.Data;
using MLNet.Sequence.Tests.Forecasts;
using MLNet.Sequence.Training;

namespace MLNet.Sequence.Tests.Training;

[TestClass]
public sealed class RepeatedBatchesTests
{
    [TestMethod]
    public void Every_pass_has_every_example_once_in_an_order_of_its_own()
    {
        var repeated = new RepeatedBatches(Numbers(70), passes: 3);
        long[][] batches = [.. repeated.Order(32, seed: 5)];

        Assert.AreEqual(repeated.CountBatches(32, 5), batches.Length);
        Assert.HasCount(9, batches);
        long[][] passes = [.. batches.Chunk(3).Select(pass => pass.SelectMany(batch => batch).ToArray())];
        foreach (long[] pass in passes)
            CollectionAssert.AreEqual(Enumerable.Range(0, 70).Select(i => (long)i).ToArray(), pass.Order().ToArray());
        CollectionAssert.AreNotEqual(passes[0], passes[1]);
        CollectionAssert.AreNotEqual(passes[1], passes[2]);
        // The order depends on the seed alone; the first pass is that of an epoch of one pass.
        CollectionAssert.AreEqual(batches[4], repeated.Order(32, 5).ElementAt(4));
        CollectionAssert.AreEqual(batches[0], Numbers(70).Order(32, 5).First());
    }

    [TestMethod]
    [DataRow(10, 50)]
    [DataRow(33, 25)]
    [DataRow(1_600, 1)]
    [DataRow(1_500, 2)]
    public void So_many_passes_are_made_that_an_epoch_has_fifty_batches(int examples, int passes) =>
        Assert.AreEqual(passes, RepeatedBatches.Passes(Numbers(examples), 32, 50));

    private static WindowBatches Numbers(int count)
    {
        var set = new SeriesSet(["y"]);
        for (int i = 0; i < count + 1; i++)
            set.Add(null, [i]);
        var task = new Forecasting { Targets = [new ChannelColumn("y", ["y"])], Context = 1, Horizon = 1 };
        return new WindowBatches(Windows.Over(set, new WindowShape(1, 1)), task, SeriesScaling.Fit(set, series => series.Length));
    }
}
