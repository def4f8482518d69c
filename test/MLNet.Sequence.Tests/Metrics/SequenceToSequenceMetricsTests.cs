using System.Text.Json;
using MLNet.Sequence.Metrics;
using MLNet.Sequence.Tests.Goldens;

namespace MLNet.Sequence.Tests.Metrics;

[TestClass]
public sealed class SequenceToSequenceMetricsTests
{
    [TestMethod]
    public void Bleu_and_chrF_are_those_of_the_golden_cases()
    {
        using Golden golden = Golden.Read("bleu");
        foreach (JsonElement @case in golden.Root.GetProperty("cases").EnumerateArray())
        {
            ComparedSequence[] rows = [.. Texts(@case, "actual").Zip(Texts(@case, "predicted"), (actual, predicted) => Row(actual, predicted))];
            var metrics = new SequenceToSequenceMetrics(rows, BleuTokens.Rules13a);
            Assert.AreEqual(@case.GetProperty("bleu").GetDouble(), metrics.Bleu, 1e-9, $"{@case}");
            Assert.AreEqual(@case.GetProperty("chrF").GetDouble(), metrics.ChrF, 1e-9, $"{@case}");
            Assert.AreEqual(@case.GetProperty("bleuAsGiven").GetDouble(), new SequenceToSequenceMetrics(rows, BleuTokens.AsGiven).Bleu, 1e-9, $"{@case}");
        }
    }

    [TestMethod]
    public void Words_are_found_by_the_rules_13a()
    {
        using Golden golden = Golden.Read("bleu");
        foreach (JsonElement text in golden.Root.GetProperty("texts").EnumerateArray())
            CollectionAssert.AreEqual(Texts(text, "tokens"), Tokens13a.Of(text.GetProperty("text").GetString()!));
    }

    [TestMethod]
    public void Exact_matches_and_tokens_are_counted_by_hand()
    {
        var metrics = new SequenceToSequenceMetrics([Row("a b c", "a b c"), Row("a b c d", "a x c"), Row("a", "")], BleuTokens.AsGiven);
        Assert.AreEqual(1.0 / 3, metrics.ExactMatch, 1e-12);
        Assert.AreEqual(5.0 / 8, metrics.TokenAccuracy, 1e-12);
        // 6 words for 8; of them 5 match.
        Assert.AreEqual(Math.Exp(1 - 8 / 6.0), metrics.BrevityPenalty, 1e-12);
        Assert.AreEqual(500 / 6.0, metrics.Precisions[0], 1e-9);
        StringAssert.Contains(metrics.ToString(), "nrefs:1|case:mixed|eff:no|tok:none|smooth:exp");
        StringAssert.Contains(metrics.ToString(), "nrefs:1|case:mixed|eff:yes|nc:6|nw:0|space:no");
    }

    [TestMethod]
    public void Intervals_hold_the_measure_and_two_systems_are_compared_on_the_same_draws()
    {
        var random = new RandomStream(3);
        string Sentence() => string.Join(' ', Enumerable.Range(0, 8).Select(_ => "abcdef"[(int)random.NextInt64(6)]));
        string[] actual = [.. Enumerable.Range(0, 60).Select(_ => Sentence())];
        // A system that drops the last word of each second row, and one that is wrong everywhere.
        SequenceToSequenceMetrics good = Measure(actual, [.. actual.Select((text, i) => i % 2 == 0 ? text : text[..^2])]),
            bad = Measure(actual, [.. actual.Select(_ => Sentence())]);
        ConfidenceInterval interval = good.Intervals[nameof(SequenceToSequenceMetrics.Bleu)];
        Assert.IsTrue(interval.Low < good.Bleu && good.Bleu < interval.High, $"{good.Bleu} in {interval}");
        ConfidenceInterval difference = good.BleuAgainst(bad);
        Assert.IsGreaterThan(0, difference.Low);
        Assert.AreEqual(-difference.High, bad.BleuAgainst(good).Low, 1e-9);
        // The same system in both places: every draw has the difference 0.
        Assert.AreEqual(new ConfidenceInterval(0, 0), good.BleuAgainst(good));
        Assert.ThrowsExactly<ArgumentException>(() => good.BleuAgainst(Measure(actual[..5], actual[..5])));
    }

    private static SequenceToSequenceMetrics Measure(string[] actual, string[] predicted) =>
        new([.. actual.Zip(predicted, Row)], BleuTokens.Rules13a, new BootstrapOptions { Resamples = 200 });

    private static string[] Texts(JsonElement @case, string name) => [.. @case.GetProperty(name).EnumerateArray().Select(text => text.GetString()!)];

    private static ComparedSequence Row(string actual, string predicted) => new(Words(actual), Words(predicted));

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);
}
