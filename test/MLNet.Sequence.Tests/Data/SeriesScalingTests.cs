using MLNet.Sequence.Data;
using MLNet.Sequence.Torch;

namespace MLNet.Sequence.Tests.Data;

/// <summary>Compares with two passes over a list: the mean, then the mean squared difference from it.</summary>
[TestClass]
public sealed class SeriesScalingTests
{
    // Means far from 0 with small deviations, where a one-pass sum of squares would lose all digits; a constant; gaps.
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
        SeriesScaling scaling = SeriesScaling.Fit(set, series => series.Length * 3 / 4);
        foreach ((string key, List<float[]> own) in rows)
            AssertFits(own.Take(own.Count * 3 / 4), scaling[key], key);
        AssertFits(rows.Values.SelectMany(own => own.Take(own.Count * 3 / 4)), scaling.Pooled, "pooled");
    }

    [TestMethod]
    public void A_series_that_was_not_in_training_has_the_pooled_scaling()
    {
        SeriesScaling scaling = SeriesScaling.Fit(Set(out _), series => series.Length);
        Assert.AreSame(scaling.Pooled, scaling["unknown"]);
        Assert.AreSame(scaling.Pooled, scaling[null]);
        Assert.AreNotSame(scaling.Pooled, scaling["0"]);
    }

    [TestMethod]
    public void A_channel_that_is_constant_everywhere_and_one_without_values_are_divided_by_one_and_marked()
    {
        SeriesScaling scaling = SeriesScaling.Fit(Set(out _), series => series.Length);
        foreach (ChannelScaling fitted in scaling.BySeries.Values.Append(scaling.Pooled))
        {
            Assert.AreEqual((0.1f, 1.0), (fitted.Mean[2], fitted.Deviation[2]));
            Assert.AreEqual((0.0, 1.0), (fitted.Mean[4], fitted.Deviation[4]));
        }

        CollectionAssert.AreEqual(new[] { false, false, true, false, true }, scaling.Pooled.Constant!.ToArray());
        CollectionAssert.AreEqual(new[] { false, false, true }, scaling.Pooled.First(3).Constant!.ToArray());
    }

    [TestMethod]
    public void A_channel_that_is_constant_in_one_series_has_its_mean_and_the_deviation_of_all()
    {
        var set = new SeriesSet(["y"]);
        double[] awake = [3, 5, 10];
        foreach (double value in awake)
        {
            set.Add("awake", [value]);
            set.Add("asleep", [7.1]);
        }

        SeriesScaling scaling = SeriesScaling.Fit(set, series => series.Length);

        double[] all = [.. awake, 7.1, 7.1, 7.1];
        double pooled = Math.Sqrt(all.Average(value => Math.Pow(value - all.Average(), 2)));
        Assert.AreEqual(7.1, scaling["asleep"].Mean[0], 1e-12);
        Assert.AreEqual(pooled, scaling["asleep"].Deviation[0], 1e-12);
        Assert.AreEqual(Math.Sqrt(awake.Average(value => Math.Pow(value - 6, 2))), scaling["awake"].Deviation[0], 1e-12);
        Assert.IsNull(scaling.Pooled.Constant);
    }

    [TestMethod]
    [DataRow(150, 1e-4, true, DisplayName = "a ripple on a level")]
    [DataRow(0, 1e-5, true, DisplayName = "noise around zero")]
    [DataRow(0.5e-4, 1e-4, true, DisplayName = "noise above zero")]
    [DataRow(150, 1e-1, false, DisplayName = "a series that varies less")]
    [DataRow(5e-4, 1e-4, false, DisplayName = "a small series")]
    public void A_series_that_varies_very_little_compared_with_others_is_scaled_as_a_constant_one(double level, double amplitude, bool asleep)
    {
        var set = new SeriesSet(["y"]);
        for (int i = 0; i < 100; i++)
        {
            set.Add("awake", [300 + 10 * Math.Sin(i)]);
            set.Add("other", [400 + 10 * Math.Cos(i)]);
            set.Add("quiet", [level + amplitude * Math.Sin(2 * i)]);
        }

        SeriesScaling scaling = SeriesScaling.Fit(set, series => series.Length);
        double[] quiet = [.. Enumerable.Range(0, 100).Select(i => level + amplitude * Math.Sin(2 * i))];
        double own = Math.Sqrt(quiet.Average(value => Math.Pow(value - quiet.Average(), 2)));
        Assert.AreEqual(asleep ? scaling.Pooled.Deviation[0] : own, scaling["quiet"].Deviation[0], 1e-6 * own);
        CollectionAssert.AreEqual(asleep ? ["quiet"] : Array.Empty<string>(), scaling.Asleep.ToArray());
    }

    [TestMethod]
    public void Counters_at_levels_far_apart_keep_their_own_deviations()
    {
        var set = new SeriesSet(["meter"]);
        for (int i = 0; i < 100; i++)
        {
            for (int meter = 1; meter < 5; meter++)
                set.Add($"{meter}", [1e9 * meter + (meter + 1) * i]);
        }

        SeriesScaling scaling = SeriesScaling.Fit(set, series => series.Length);
        // The variance of the numbers 0 to n − 1 is (n² − 1) / 12.
        for (int meter = 1; meter < 5; meter++)
            Assert.AreEqual((meter + 1) * Math.Sqrt((1e4 - 1) / 12), scaling[$"{meter}"].Deviation[0], 1e-6);
        Assert.IsEmpty(scaling.Asleep);
    }

    [TestMethod]
    public void A_window_of_a_series_that_was_not_in_training_is_scaled_by_itself()
    {
        var set = new SeriesSet(["y", "size"]);
        foreach (double value in new[] { 3.0, 5, 10 })
            set.Add("a", [value, 2]);
        set.Add("b", [1.0, 4]);
        SeriesScaling scaling = SeriesScaling.Fit(set, series => series.Length);

        ChannelScaling own = scaling.Of("new", [100.0, 9, 104, 9], shared: [1]);

        CollectionAssert.AreEqual(new[] { 102, scaling.Pooled.Mean[1] }, own.Mean.Items);
        CollectionAssert.AreEqual(new[] { 2, scaling.Pooled.Deviation[1] }, own.Deviation.Items);
        Assert.AreEqual(scaling.Pooled.Deviation[0], scaling.Of("new", [100.0, 9, 100, 9], []).Deviation[0]);
        Assert.AreSame(scaling["a"], scaling.Of("a", [100.0, 9, 104, 9], []));
    }

    [TestMethod]
    public void Small_differences_at_a_large_level_are_standardised_as_those_around_zero()
    {
        double[] near = [.. Enumerable.Range(0, 50).Select(i => Math.Sin(i) * 8)], far = [.. near.Select(value => value + 1.7e9)];
        float[][] standardized = [.. new[] { near, far }.Select(values =>
        {
            var set = new SeriesSet(["y"]);
            foreach (double value in values)
                set.Add(null, [value]);
            var seen = new float[values.Length];
            SeriesScaling.Fit(set, series => series.Length).Pooled.Apply(values, seen);
            return seen;
        })];
        for (int i = 0; i < near.Length; i++)
            Assert.AreEqual(standardized[0][i], standardized[1][i], 1e-6);
    }

    [TestMethod]
    public void Steps_before_the_first_value_of_a_channel_say_nothing_about_it()
    {
        var set = new SeriesSet(["y", "size", "noise"]);
        foreach ((string key, double size) in new[] { ("a", 1.0), ("b", 2.0), ("c", 3.0) })
        {
            set.AddSteps(key, Enumerable.Repeat<double[]>([double.NaN, double.NaN, double.NaN], 9));
            for (int step = 0; step < 5; step++)
                set.Add(key, [step, size, step * 7 % 11]);
        }

        CollectionAssert.AreEqual(new[] { 1 }, SteadyChannels.Of(set, series => series.Length, window: 10, first: 1).ToArray());
    }

    [TestMethod]
    public void Channels_with_one_value_in_most_windows_are_steady_unless_they_never_vary()
    {
        var set = new SeriesSet(["y", "static", "price", "noise", "constant"]);
        for (int step = 0; step < 40; step++)
        {
            foreach ((string key, double size) in new[] { ("a", 1.0), ("b", 2.0) })
                set.Add(key, [step, size, step / 20, step * 7 % 11, 5]);
        }

        CollectionAssert.AreEqual(new[] { 1, 2 }, SteadyChannels.Of(set, series => series.Length, window: 4, first: 1).ToArray());
        // The price is constant in 2 of 21 windows of 20 steps. For windows of one step, two steps are compared.
        CollectionAssert.AreEqual(new[] { 1 }, SteadyChannels.Of(set, series => series.Length, window: 20, first: 1).ToArray());
        CollectionAssert.AreEqual(new[] { 1, 2 }, SteadyChannels.Of(set, series => series.Length, window: 1, first: 1).ToArray());
    }

    [TestMethod]
    public void Standardised_rows_have_mean_zero_and_deviation_one_and_come_back()
    {
        var scaling = new ChannelScaling([3, -2, 10], [2, 0.5, 4]);
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
            // Half a unit in the last place of a float is 6e-8 of its value.
            Assert.AreEqual(mean, found.Mean[channel], 1e-7 * Math.Abs(mean), $"{what}, mean of channel {channel}");
            double expected = deviation > 1e-12 ? deviation : 1;
            Assert.AreEqual(expected, found.Deviation[channel], 1e-7 * expected, $"{what}, deviation of channel {channel}");
        }
    }
}
