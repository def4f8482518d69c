using MLNet.Sequence.Data;

namespace MLNet.Sequence.Tests.Data;

[TestClass]
public sealed class SeriesSetTests
{
    [TestMethod]
    [DataRow(0)]
    [DataRow(1)]
    [DataRow(150)]
    public void Interleaved_rows_are_found_again_where_they_came(int rowsOfFirstAlone)
    {
        var random = new Random(4);
        var set = new SeriesSet(["row", "step"]);
        var steps = new Dictionary<string, int>();
        for (int row = 0; row < 2000; row++)
        {
            string key = row < rowsOfFirstAlone ? "a" : "abcd"[random.Next(4)].ToString();
            int step = steps.GetValueOrDefault(key);
            steps[key] = step + 1;
            set.Add(key, [row, step]);
        }

        Assert.AreEqual(2000, set.RowCount);
        CollectionAssert.AreEquivalent(steps.Keys, set.Series.Select(series => series.Key).ToArray());
        for (int row = 0; row < 2000; row++)
        {
            (Series series, long step) = set.Locate(row);
            Assert.AreEqual(row, series[step, 0]);
            Assert.AreEqual(step, series[step, 1]);
        }

        foreach (Series series in set.Series)
            Assert.AreEqual(steps[series.Key!], series.Length);
    }

    [TestMethod]
    public void A_single_series_needs_no_key()
    {
        var set = new SeriesSet(["y"]);
        for (int row = 0; row < 300; row++)
            set.Add(null, [row]);
        Assert.IsNull(set.Series.Single().Key);
        Assert.AreEqual((set.Series[0], 217L), set.Locate(217));
    }

    [TestMethod]
    public void Series_come_in_the_order_of_their_first_row()
    {
        var set = new SeriesSet(["y"]);
        foreach (string key in new[] { "z", "b", "z", "", "b" })
            set.Add(key, [0]);
        CollectionAssert.AreEqual(new[] { "z", "b", "" }, set.Series.Select(series => series.Key).ToArray());
        Assert.AreSame(set.Series[1], set.GetOrAdd("b"));
    }

    [TestMethod]
    public void A_row_of_the_wrong_width_is_refused_with_the_names_of_the_channels()
    {
        var set = new SeriesSet(["load", "oil"]);
        string message = Assert.ThrowsExactly<ArgumentException>(() => set.Add("a", [1])).Message;
        StringAssert.Contains(message, "load, oil");
        StringAssert.Contains(message, "found 1");
    }

    [TestMethod]
    public void Values_that_Single_does_not_hold_are_kept_whole_and_those_before_them_as_they_were()
    {
        var set = new SeriesSet(["y", "z"]);
        double[][] rows = [.. Enumerable.Range(0, 200).Select(i => new[] { i < 130 ? i : 1_234_567_890_123.0 + i, i == 7 ? double.NaN : i < 150 ? 0.5 : 0.1 })];
        foreach (double[] row in rows)
            set.Add(null, row);
        var all = new double[400];
        set.Series[0].Rows.CopyTo(0, all);
        CollectionAssert.AreEqual(rows.SelectMany(row => row).ToArray(), all);
        Assert.AreEqual((rows[131][0], 0.5), (set.Series[0][131, 0], set.Series[0][131, 1]));
    }

    [TestMethod]
    public void A_million_rows_cost_little_more_than_their_values()
    {
        const int rows = 1_000_000, channels = 4;
        var row = new float[channels];
        var set = new SeriesSet(["a", "b", "c", "d"]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < rows; i++)
            set.Add(null, row);
        // Counts all allocated bytes, so that a peak cannot be missed. Up to 65,535 rows of the last chunk, of 10^6, may be empty.
        double cost = (GC.GetAllocatedBytesForCurrentThread() - before) / ((double)rows * channels * sizeof(float));
        Assert.IsLessThan(1.3, cost);

        before = GC.GetAllocatedBytesForCurrentThread();
        Windows windows = Windows.Over(set, new WindowShape(96, 24));
        Assert.AreEqual(rows - 96 - 24 + 1, windows.Count);
        Assert.IsLessThan(10_000, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [TestMethod]
    public void Series_of_a_few_rows_cost_no_large_chunk()
    {
        var set = new SeriesSet(["y"]);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int series = 0; series < 1000; series++)
        {
            string key = $"{series}";
            for (int row = 0; row < 20; row++)
                set.Add(key, [row]);
        }

        // A series takes about 500 bytes: 64 rows of 4 bytes, its objects and its key. Its 20 rows take about 500 more, 8 bytes each in
        // lists that grow by copying. The limit is twice the sum; one large chunk would be 262,144 bytes.
        Assert.IsLessThan(1000 * 2000, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
