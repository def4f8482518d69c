namespace MLNet.Sequence.Tests.Metrics;

/// <summary>The metrics against their definitions, applied to lists of rows.</summary>
[TestClass]
public sealed class SequenceClassificationMetricsTests
{
    private static readonly string[] Names = ["a", "b", "c", "never"];

    [TestMethod]
    public void Every_measure_is_its_definition()
    {
        ClassifiedRow[] rows = Rows(500);
        var metrics = new SequenceClassificationMetrics(Names, rows);
        double n = rows.Length;

        double accuracy = rows.Count(row => row.Actual == row.Predicted) / n;
        double chance = Enumerable.Range(0, 4).Sum(c => rows.Count(row => row.Actual == c) / n * (rows.Count(row => row.Predicted == c) / n));
        (double Precision, double Recall, double F1)[] classes = [.. Enumerable.Range(0, 3).Select(c =>
        {
            double right = rows.Count(row => row.Actual == c && row.Predicted == c);
            double precision = right / rows.Count(row => row.Predicted == c), recall = right / rows.Count(row => row.Actual == c);
            return (precision, recall, 2 / (1 / precision + 1 / recall));
        })];
        Close.AssertEqual(
            [accuracy, accuracy, classes.Average(c => c.F1), classes.Average(c => c.Precision), classes.Average(c => c.Recall),
                (accuracy - chance) / (1 - chance), rows.Average(row => row.Loss)],
            [metrics.Accuracy, metrics.MicroF1, metrics.MacroF1, metrics.MacroPrecision, metrics.MacroRecall, metrics.CohenKappa, metrics.LogLoss], 1e-12,
                "measures");
        for (int c = 0; c < 3; c++)
        {
            Close.AssertEqual([classes[c].Precision, classes[c].Recall, classes[c].F1],
                [metrics.PerClass[c].Precision, metrics.PerClass[c].Recall, metrics.PerClass[c].F1], 1e-12, Names[c]);
            Assert.AreEqual(rows.Count(row => row.Actual == c), metrics.PerClass[c].Count);
            for (int p = 0; p < 4; p++)
                Assert.AreEqual(rows.Count(row => row.Actual == c && row.Predicted == p), metrics.ConfusionMatrix[c][p]);
        }

        Assert.AreEqual((0, 0, 0), (metrics.PerClass[3].Precision, metrics.PerClass[3].Recall, metrics.PerClass[3].F1));
        Assert.IsEmpty(metrics.Intervals);
    }

    [TestMethod]
    public void Kappa_of_a_textbook_is_met()
    {
        // 20 and 15 of 50 decisions agree, together 35; by chance half would (a common worked example of κ = 0.4).
        IEnumerable<ClassifiedRow> Times(int count, int actual, int predicted) => Enumerable.Repeat(new ClassifiedRow(actual, predicted, 0), count);
        var metrics = new SequenceClassificationMetrics(["yes", "no"], [.. Times(20, 0, 0), .. Times(5, 0, 1), .. Times(10, 1, 0), .. Times(15, 1, 1)]);

        Assert.AreEqual(0.4, metrics.CohenKappa, 1e-12);
    }

    [TestMethod]
    public void A_bootstrap_interval_of_accuracy_is_that_of_the_binomial()
    {
        ClassifiedRow[] rows = Rows(400);
        var metrics = new SequenceClassificationMetrics(Names, rows, bootstrap: new BootstrapOptions { Resamples = 4000, Confidence = 0.9 });
        ConfidenceInterval interval = metrics.Intervals["Accuracy"];

        // The normal approximation: 1.645 standard deviations on each side.
        double reach = 1.645 * Math.Sqrt(metrics.Accuracy * (1 - metrics.Accuracy) / rows.Length);
        Assert.AreEqual(metrics.Accuracy - reach, interval.Low, 0.1 * reach);
        Assert.AreEqual(metrics.Accuracy + reach, interval.High, 0.1 * reach);
        foreach ((string name, double value) in new[] { ("MacroF1", metrics.MacroF1), ("CohenKappa", metrics.CohenKappa), ("LogLoss", metrics.LogLoss) })
            Assert.IsTrue(metrics.Intervals[name].Low < value && value < metrics.Intervals[name].High, name);
    }

    [TestMethod]
    public void The_same_seed_gives_the_same_interval_and_another_seed_another()
    {
        ConfidenceInterval Of(long seed) => new SequenceClassificationMetrics(
            Names, Rows(50), bootstrap: new BootstrapOptions { Resamples = 100, Seed = seed }).Intervals["LogLoss"];

        Assert.AreEqual(Of(1), Of(1));
        Assert.AreNotEqual(Of(1), Of(2));
    }

    [TestMethod]
    public void The_table_has_the_measures_the_intervals_and_the_classes()
    {
        string table = new SequenceClassificationMetrics(Names, Rows(50), leftOut: 2, new BootstrapOptions { Resamples = 100 }).ToString();

        foreach (string part in new[] { "50 sequences (2 left out), 4 classes", "accuracy (micro F1)", "macro F1", "Cohen's kappa",
            "[0.", "precision", "never" })
            StringAssert.Contains(table, part);
    }

    [TestMethod]
    public void Wrong_bootstrap_options_are_one_message()
    {
        string message = Assert.ThrowsExactly<ArgumentException>(
            () => new SequenceClassificationMetrics(Names, Rows(5), bootstrap: new BootstrapOptions { Resamples = 1, Confidence = 1 })).Message;

        StringAssert.Contains(message, "Resamples must be at least 100; found 1.");
        StringAssert.Contains(message, "Confidence must be in (0, 1); found 1.");
    }

    private static ClassifiedRow[] Rows(int count)
    {
        var random = new Random(4);
        return [.. Enumerable.Range(0, count).Select(_ => random.Next(3)).Select(actual =>
            new ClassifiedRow(actual, random.NextDouble() < 0.7 ? actual : random.Next(3), random.NextDouble()))];
    }
}
