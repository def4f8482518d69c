using MLNet.Sequence.Samples.Studio.Answers;

namespace MLNet.Sequence.Tests.Samples.Studio;

/// <summary>What the page counts of a model's answers.</summary>
[TestClass]
public sealed class StudioAnswerTests
{
    [TestMethod]
    public void The_unknown_token_is_never_a_hit()
    {
        // Token 0 stands for all that are not known.
        var counts = new TokenCounts(unknown: 0);
        double[] said = [0.5, 0.3, 0.15, 0.05];
        int[] best = [0, 1, 2];
        CollectionAssert.AreEqual(new[] { false, false, false, false }, new[] { 0, 0, 0, 3 }.Select(actual => counts.Add(actual, said, best)).ToArray());
        Assert.IsFalse(counts.Add(1, said, best));
        Assert.IsTrue(counts.Add(1, said, [1, 0, 2]));
        Assert.AreEqual(1.0 / 6, counts.Accuracy);
        Assert.AreEqual(2.0 / 6, counts.AmongGuesses);
        Assert.AreEqual(2.0 / 6, counts.AlwaysTheSame);
        Assert.AreEqual(3.0 / 6, counts.Unknown);
        // The loss is that of the model's own probabilities.
        Assert.AreEqual(Math.Pow(0.5 * 0.5 * 0.5 * 0.05 * 0.3 * 0.3, -1.0 / 6), counts.Perplexity, 1e-9);
    }

    [TestMethod]
    public void A_class_named_others_is_a_class_and_the_lump_is_none()
    {
        string[] few = ["others", "a"], many = ["others", .. Enumerable.Range(0, 14).Select(i => $"c{i:00}")];
        ModelClasses Of(string[] names) => ModelClasses.Of("tcn", new SequenceClassificationMetrics(names,
            [.. names.SelectMany((_, i) => Enumerable.Repeat(new ClassifiedRow(i, i, 0), names.Length - i))]), []);
        Assert.IsFalse(Of(few).Lumped);
        CollectionAssert.AreEqual(few, Of(few).Named.ToArray());
        ModelClasses lumped = Of(many);
        Assert.IsTrue(lumped.Lumped);
        Assert.AreEqual("others", lumped.Named[0]);
        Assert.HasCount(12, lumped.Named.Distinct().ToArray());
        // The four least frequent together: 4 + 3 + 2 + 1 rows.
        Assert.AreEqual(10L, lumped.Confusion[^1][^1]);
    }
}
