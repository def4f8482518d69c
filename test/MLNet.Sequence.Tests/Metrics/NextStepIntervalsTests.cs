namespace MLNet.Sequence.Tests.Metrics;

/// <summary>Confidence intervals of next-step metrics.</summary>
[TestClass]
public sealed class NextStepIntervalsTests
{
    [TestMethod]
    public void Every_step_counts_the_same_in_every_sequence()
    {
        // Sums of 2 × 10 and 4 × 30 nats over 40 steps; the mean over the means of the sequences would be 3.
        var metrics = new NextStepMetrics(StepKind.MultiLabel, [(2, 10), (4, 30), (9, 0)]);

        Assert.AreEqual(3.5, metrics.Loss, 1e-12);
        Assert.AreEqual(40, metrics.Steps);
        Assert.AreEqual(1, metrics.LeftOut);
    }

    [TestMethod]
    public void The_interval_of_the_loss_is_that_of_a_mean()
    {
        (double Loss, long Steps)[] sequences = [.. Sequences(300).Select(sequence => (sequence.Loss, 7L))];
        var metrics = new NextStepMetrics(StepKind.Token, sequences, new BootstrapOptions { Resamples = 3000, Confidence = 0.9 });

        double mean = sequences.Average(sequence => sequence.Loss);
        double reach = 1.645 * Math.Sqrt(sequences.Average(sequence => (sequence.Loss - mean) * (sequence.Loss - mean)) / sequences.Length);
        Assert.AreEqual(mean, metrics.Loss, 1e-12);
        Assert.AreEqual(mean - reach, metrics.Intervals["Loss"].Low, 0.1 * reach);
        Assert.AreEqual(mean + reach, metrics.Intervals["Loss"].High, 0.1 * reach);
        Assert.AreEqual(Math.Exp(metrics.Intervals["Loss"].Low), metrics.Intervals["Perplexity"].Low, 1e-3);
        Assert.AreEqual(metrics.Intervals["Loss"].High / Math.Log(2), metrics.Intervals["BitsPerToken"].High, 1e-9);
        StringAssert.Contains(metrics.ToString(), "Perplexity in [");
    }

    [TestMethod]
    public void Without_a_perplexity_there_is_no_interval_of_it_and_nothing_unrequested_is_computed()
    {
        var real = new NextStepMetrics(StepKind.Real, Sequences(20), new BootstrapOptions { Resamples = 100 });

        CollectionAssert.AreEqual(new[] { "Loss" }, real.Intervals.Keys.ToArray());
        Assert.IsEmpty(new NextStepMetrics(StepKind.Token, Sequences(20)).Intervals);
    }

    private static (double Loss, long Steps)[] Sequences(int count)
    {
        var random = new Random(3);
        return [.. Enumerable.Range(0, count).Select(_ => (1 + random.NextDouble(), (long)random.Next(1, 30)))];
    }
}
