using MLNet.Sequence.Metrics;

namespace MLNet.Sequence.Tests.Comparison;

/// <summary>How much of the past carries information, from artificial losses.</summary>
[TestClass]
public sealed class DataMemoryTests
{
    private const int Examples = 400;

    private static readonly LossIntervals Intervals = new([.. Enumerable.Range(0, Examples).Select(i => (long)i)], 0, 0.95);

    [TestMethod]
    public void Rungs_double_up_to_the_window_with_nothing_and_a_season_among_them()
    {
        CollectionAssert.AreEqual(new[] { 0, 1, 2, 4, 8, 16, 24, 32, 64, 96 }, DataMemory.Rungs(96, season: 24));
        CollectionAssert.AreEqual(new[] { 0, 1, 2, 4, 8 }, DataMemory.Rungs(8, season: 24));
        CollectionAssert.AreEqual(new[] { 0, 1 }, DataMemory.Rungs(1, season: 1));
    }

    [TestMethod]
    public void The_fewest_steps_within_the_margin_are_the_memory()
    {
        DataMemory memory = Of(0.02, 0, (0, 2), (1, 1.2), (2, 1.01), (4, 1));
        Assert.AreEqual((2, false), (memory.Steps, memory.AtLeast));
        Assert.AreEqual(1.2, memory.Ladder[1].Error, 1e-2);
        StringAssert.StartsWith(memory.ToString(), "2 steps (");
    }

    [TestMethod]
    public void Where_only_the_longest_window_is_good_more_may_be_needed()
    {
        DataMemory memory = Of(0.02, 0, (0, 2), (1, 1.9), (2, 1.5), (4, 1));
        Assert.AreEqual((4, true), (memory.Steps, memory.AtLeast));
        Assert.AreEqual("more than the 4 steps tried", memory.ToString());
    }

    [TestMethod]
    public void A_difference_without_information_does_not_count_even_if_it_is_many_times_the_least_error()
    {
        (int, double)[] nearlyPerfect = [(0, 1), (1, 3e-4), (2, 1e-4)];
        Assert.AreEqual(2, Of(0.02, 0, nearlyPerfect).Steps);
        Assert.AreEqual(1, Of(0.02, 1e-3, nearlyPerfect).Steps);
    }

    [TestMethod]
    public void The_interval_goes_from_the_fewest_that_may_be_enough_to_the_fewest_that_surely_are()
    {
        // Two models of windows with independent noise: their comparison is not certain within 2 %.
        DataMemory memory = Of(0.02, 0, noise: 1, (0, 4), (1, 1.08), (2, 1));
        Assert.AreEqual((1, 2, 2), (memory.StepsLow, memory.Steps, memory.StepsHigh));
    }

    private static DataMemory Of(double relative, double absolute, params (int Steps, double Mean)[] rungs) => Of(relative, absolute, noise: 0.01, rungs);

    private static DataMemory Of(double relative, double absolute, double noise, params (int Steps, double Mean)[] rungs)
    {
        var random = new RandomStream(5);
        return DataMemory.Of(
            [.. rungs.Select(rung => (rung.Steps, $"of-{rung.Steps}",
                (double[][])[[.. Enumerable.Range(0, Examples).Select(_ => rung.Mean * (1 + noise * (2 * random.NextDouble() - 1)))]]))],
            Intervals,
            (relative, absolute));
    }
}
