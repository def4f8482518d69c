using MLNet.Sequence.Data;

namespace MLNet.Sequence.Tests.Data;

/// <summary>Against two passes over a list: the mean, then the mean squared difference from it.</summary>
[TestClass]
public sealed class SeriesScalingTests
{
    // Means far from 0 beside small deviations, where a one-pass sum of squares would lose all digits; a constant; gaps.
    private static readonly Func<Random, int, float>[] Channels =
    [
        (random, _) => (float)random.NextDouble(),
        (random, _) => 100_000 + (float)random.NextDouble(),
        (_, _) => 0.1f,
        (random, step) => step % 3 == 0 ? float.NaN : -5e7f * random.NextSingle(),
        (_, _) => float.NaN,
    ];

    [TestMethod]
    public void Means_and_deviations_are_those_of_two_passes_over_the_training_rows()
    {
        SeriesSet set = Set(out Dictionary<string, List<float[]>> rows);
        SeriesScaling scaling = SeriesScaling.Fit(set, length => length * 3 / 4);
        foreach ((string key, List<float[]> own) in rows)
            AssertFits(own.Take(own.Count * 3 / 4), scaling[key], key);
        AssertFits(rows.Values.SelectMany(own => own.Take(own.Count * 3 / 4)), scaling.Pooled, "pooled");
    }

    [TestMethod]
    public void A_series_that_was_not_in_training_has_the_pooled_scaling()
    {
        SeriesScaling scaling = SeriesScaling.Fit(Set(out _), length => length);
        Assert.AreSame(scaling.Pooled, scaling["unknown"]);
        Assert.AreSame(scaling.Pooled, scaling[null]);
        Assert.AreNotSame(scaling.Pooled, scaling["0"]);
    }

    [TestMethod]
    public void A_constant_channel_and_one_without_values_are_divided_by_one()
    {
        SeriesScaling scaling = SeriesScaling.Fit(Set(out _), length => length);
        foreach (ChannelScaling fitted in scaling.BySeries.Values.Append(scaling.Pooled))
        {
            Assert.AreEqual((0.1f, 1f), (fitted.Mean[2], fitted.Deviation[2]));
            Assert.AreEqual((0f, 1f), (fitted.Mean[4], fitted.Deviation[4]));
        }
    }

    [TestMethod]
    public void Standardised_rows_have_mean_zero_and_deviation_one_and_come_back()
    {
        var scaling = new ChannelScaling([3, -2, 10], [2, 0.5f, 4]);
        float[] rows = [5, -2, 10, 1, -1.5f, 2];
        scaling.Apply(rows);
        CollectionAssert.AreEqual(new float[] { 1, 0, 0, -1, 1, -2 }, rows);
        float[] targets = [1, 0, -1, 1];
        scaling.Undo(targets, channels: 2);
        CollectionAssert.AreEqual(new float[] { 5, -2, 1, -1.5f }, targets);
    }

    private static SeriesSet Set(out Dictionary<string, List<float[]>> rows)
    {
        var random = new Random(9);
        var set = new SeriesSet([.. Channels.Select((_, i) => $"{i}")]);
        rows = [];
        for (int step = 0; step < 3000; step++)
        {
            string key = $"{step * step % 7 % 3}";
            float[] row = [.. Channels.Select(channel => channel(random, step))];
            set.Add(key, row);
            if (!rows.ContainsKey(key))
                rows[key] = [];
            rows[key].Add(row);
        }

        return set;
    }

    private static void AssertFits(IEnumerable<float[]> rows, ChannelScaling found, string what)
    {
        float[][] all = [.. rows];
        for (int channel = 0; channel < Channels.Length; channel++)
        {
            double[] values = [.. all.Select(row => (double)row[channel]).Where(value => !double.IsNaN(value))];
            double mean = values.DefaultIfEmpty(0).Average();
            double deviation = Math.Sqrt(values.Select(value => (value - mean) * (value - mean)).DefaultIfEmpty(0).Average());
            // Half a unit in the last place of a float is 6e-8 of it.
            Assert.AreEqual(mean, found.Mean[channel], 1e-7 * Math.Abs(mean), $"{what}, mean of channel {channel}");
            double expected = deviation > 1e-12 ? deviation : 1;
            Assert.AreEqual(expected, found.Deviation[channel], 1e-7 * expected, $"{what}, deviation of channel {channel}");
        }
    }
}
